"""How measures are written in templates: `{% load measures %}`."""

from django import template

from metrics import words

register = template.Library()
register.filter("duration", words.duration)
register.filter("minutes", words.minutes)
