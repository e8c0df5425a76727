from django.template import Context, Template

from accounts.templatetags.ui import hue, initials


def test_an_icon_is_decoration_unless_it_has_a_label():
    drawn = Template('{% i "mail" %}|{% i "mail" "Email" %}').render(Context())
    plain, labelled = drawn.split("|")
    assert 'aria-hidden="true"' in plain and "icons.svg#i-mail" in plain
    assert 'role="img" aria-label="Email"' in labelled


def test_an_avatar_escapes_names_and_knows_nobody(agent):
    drawn = Template("{% avatar person %}|{% avatar None %}|{% avatar hostile %}").render(
        Context({"person": agent, "hostile": "<b>x</b>"})
    )
    person, nobody, hostile = drawn.split("|")
    assert f"hue-{hue('Priya Nair')}" in person and ">PN<" in person
    assert "is-none" in nobody
    assert "<b>" not in hostile


def test_initials_and_hues():
    assert [initials(name) for name in ("Priya Nair", "Ada", "José María Ortíz", "@", "", "🛫 Kim")] == [
        "PN",
        "A",
        "JO",
        "?",
        "?",
        "K",
    ]
    assert hue("Priya Nair") == 2, "the same in every process"


def test_templates_ask_for_abilities(agent, admin):
    asked = Template('{% if user|can:"people.manage" %}yes{% else %}no{% endif %}')
    assert [asked.render(Context({"user": person})) for person in (agent, admin)] == ["no", "yes"]
