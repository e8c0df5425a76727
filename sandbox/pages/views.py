"""The page at `/`: choose or make up a customer, act, and see what the brand answers. Works without JavaScript."""

import re
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from sandbox.pages import feed
from sandbox.pictures import SCENES
from sandbox.x.model import Media, NotPossible, Post
from sandbox.x.wire.files import content
from sandbox.x.world import World

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
NAME_LENGTH, TEXT_LENGTH, MOST_FOLLOWERS = 50, 4000, 100_000_000
MOST_PEOPLE = 1000
POLICY = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"


def mount(app: Flask, world: World, brand: str) -> None:
    here = Path(__file__).parent
    pages = Blueprint("pages", __name__, template_folder=str(here / "templates"))
    acts = Acts(world, brand)

    @pages.get("/")
    def home() -> str:
        return show(world, brand, request.args.get("as", ""))

    @pages.get("/assets/<name>")
    def asset(name: str) -> Response:
        return send_from_directory(here / "static", name)

    @pages.get("/private/<name>")
    def private_picture(name: str) -> AnyResponse:
        """The API gives these only to people in the conversation; here the visitor plays all customers."""
        with world.lock:
            media = world.media.get(name.partition(".")[0])
            body, kind = content(world, media) if media else (b"", "text/plain")
        return Response(body, 200 if media else 404, content_type=kind)

    @pages.post("/act/<verb>")
    def act(verb: str) -> AnyResponse | tuple[str, int]:
        if foreign():
            return "Forms of other sites are not accepted.", 403
        try:
            who, place = acts.do(verb)
        except NotPossible as problem:
            return show(world, brand, request.form.get("as", ""), str(problem)), 400
        return redirect(f"/?{urlencode({'as': who})}{place}", 303)

    @pages.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    app.register_blueprint(pages)


def foreign() -> bool:
    """A form on somebody else's page must not write here."""
    origin = request.headers.get("Origin")
    return bool(origin) and urlsplit(origin or "").netloc != request.host


def show(world: World, brand: str, username: str, problem: str = "") -> str:
    with world.lock:
        people = feed.customers(world, brand)
        me = next((one for one in people if one.username == username), people[0] if people else None)
        return render_template(
            "sandbox.html",
            brand=world.accounts.get(world.ids_by_name.get(brand.lower(), 0)),
            me=me,
            people=people,
            threads=feed.threads(world, brand),
            messages=feed.messages(world, brand, me) if me else [],
            scenes=sorted(SCENES),
            problem=problem,
            typed=request.form.get("text", ""),
            text_length=TEXT_LENGTH,
        )


class Acts:
    """What the forms do: each returns who acted and where the page should open."""

    def __init__(self, world: World, brand: str) -> None:
        self._world = world
        self._brand = brand

    def do(self, verb: str) -> tuple[str, str]:
        known = {
            "customer": self.customer,
            "post": self.post,
            "reply": self.reply,
            "edit": self.edit,
            "delete": self.delete,
            "repost": self.repost,
            "dm": self.dm,
        }
        if verb not in known:
            raise NotPossible(f"There is no action {verb}.")
        with self._world.lock:
            return known[verb]()

    def customer(self) -> tuple[str, str]:
        handle = request.form.get("handle", "").strip().lstrip("@")
        name = request.form.get("name", "").strip()
        if len(self._world.accounts) >= MOST_PEOPLE:
            raise NotPossible("There are enough customers. Choose one from the list.")
        if not HANDLE.fullmatch(handle):
            raise NotPossible("A user name has 1 to 15 letters, digits or underscores.")
        if not 1 <= len(name) <= NAME_LENGTH:
            raise NotPossible(f"Give a name of 1 to {NAME_LENGTH} characters.")
        if handle.lower() in self._world.ids_by_name:
            raise NotPossible(f"@{handle} exists already. Choose it from the list.")
        followers = request.form.get("followers", "").strip() or "0"
        if not followers.isascii() or not followers.isdigit() or int(followers[:12]) > MOST_FOLLOWERS:
            raise NotPossible("Followers is a whole number up to 100,000,000.")
        self._world.account(handle, name, followers=int(followers), verified="verified" in request.form)
        return handle, ""

    def post(self) -> tuple[str, str]:
        text = self._text()
        if "mention" in request.form and f"@{self._brand}".lower() not in text.lower():
            text = f"@{self._brand} {text}"
        return self._at(self._world.post(self._me, text, media=self._picture()))

    def reply(self) -> tuple[str, str]:
        return self._at(self._world.post(self._me, self._text(), reply_to=self._post(), media=self._picture()))

    def edit(self) -> tuple[str, str]:
        return self._at(self._world.edit(self._mine(), self._text()))

    def delete(self) -> tuple[str, str]:
        self._world.delete(self._mine())
        return self._me, ""

    def repost(self) -> tuple[str, str]:
        return self._at(self._world.repost(self._me, self._post()))

    def dm(self) -> tuple[str, str]:
        self._world.dm(self._me, self._brand, self._text(), media=self._picture(private=True))
        return self._me, "#messages"

    @property
    def _me(self) -> str:
        who = self._world.find(request.form.get("as", ""))
        if who.username.lower() == self._brand.lower():
            raise NotPossible("The brand answers from the helpdesk.")
        return who.username

    def _text(self) -> str:
        text = request.form.get("text", "").replace("\r\n", "\n").strip()
        if not 1 <= len(text) <= TEXT_LENGTH:
            raise NotPossible(f"Write 1 to {TEXT_LENGTH} characters.")
        return text

    def _picture(self, private: bool = False) -> list[Media]:
        scene = request.form.get("scene", "")
        return [self._world.picture(self._me, scene, private=private)] if scene in SCENES else []

    def _post(self) -> Post:
        number = request.form.get("post", "")
        return self._world.find_post(int(number) if number.isascii() and number.isdigit() else 0)

    def _mine(self) -> Post:
        post = self._post()
        if post.author_id != self._world.find(self._me).id:
            raise NotPossible("Only its author can change a post.")
        return post

    def _at(self, post: Post) -> tuple[str, str]:
        return self._me, f"#p{post.id}"
