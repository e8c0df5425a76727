"""Real mail of many programs and languages, read right (a small selection; `bin/bench email` prints the scores)."""

import pytest

from tests import mail_corpora

# Where the sources contradict themselves or what people would say.
KNOWN_WRONG = {
    "crisp_forward/outlook_live_en_body_variant_9",  # the second recipient counts for us
    "crisp_forward/yahoo_pl_body",  # the label of the copies lost its colon
    "flanker/no-mx",  # its status is 4.4.4
    "sisimai/lhost-opensmtpd-12",  # its status is 4.0.0
    "sisimai/lhost-fml-02",  # a mailing list explains itself
    "sisimai/lhost-fml-03",
    "sisimai/rfc3464-37",
}


@pytest.mark.parametrize("name", ["replies", "forwards", "bounces", "mime"])
def test_real_mail_is_read_right(name):
    judged = getattr(mail_corpora, name)()
    assert len(judged) > 20
    assert {one.id: one.wrong for one in judged if one.wrong and one.id not in KNOWN_WRONG} == {}


def test_most_verdicts_on_recipients_are_right():
    judged = mail_corpora.verdicts()
    assert sum(one.right for one in judged) >= 0.85 * len(judged) > 25
