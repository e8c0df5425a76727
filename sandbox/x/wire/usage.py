"""What the project has used."""

from datetime import timedelta

from sandbox.x.clock import from_ms
from sandbox.x.wire.call import Answer, Call

MONTHLY_CAP = 3_000_000


def usage(call: Call) -> Answer:
    days = call.number("days", 1, 90, 7)
    world, app = call.world, call.caller.app
    today = from_ms(world.clock.now_ms()).date()
    first = (today - timedelta(days=days - 1)).isoformat()
    counted = {name: day.posts_by_app[app.id] for name, day in sorted(world.ledger.days.items()) if name >= first}
    daily = [
        {"date": f"{name}T00:00:00.000Z", "usage": [{"app_id": str(app.id), "tweets_consumed": str(count)}]}
        for name, count in counted.items()
    ]
    data = {
        "daily_project_usage": daily,
        "project_id": str(app.id),
        "project_cap": str(MONTHLY_CAP),
        "project_usage": str(sum(counted.values())),
        "cap_reset_day": 1,
    }
    return Answer(body={"data": data})
