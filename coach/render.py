"""A reply's data as the text that a person reads: the same for the chat, the command line and a batch."""

from __future__ import annotations

from coach.models import Quote, Reply
from coach.partner import Partner
from corpus.content import Content
from corpus.models import Helpline


def render(reply: Reply, content: Content, partner: Partner) -> str:
    """Return the whole reply as plain text, paragraphs parted by an empty line."""
    words = content.conversation.wording
    parts = [reply.heard]
    parts += [_quote(quote, content) for quote in reply.quotes]
    if reply.why:
        parts.append(f"{words['label_why'][0]}: {reply.why}" if reply.quotes else reply.why)
    if reply.prompts:
        lines = [words["label_prompts"][0] + ":"]
        for prompt in reply.prompts:
            lines.append(f"  • “{prompt.text}”")
            if prompt.if_they:
                lines += [f"    {line}" for line in prompt.if_they.splitlines()]
        parts.append("\n".join(lines))
    if reply.step:
        parts.append(f"{words['label_step'][0]}: {reply.step}")
    if reply.other_side:
        label = words["label_other_side"][0].format(**partner.slots)
        parts.append(f"{label}: {reply.other_side}")
    if reply.referral and reply.referral.text:
        parts.append(reply.referral.text)
    if reply.referral and reply.referral.helplines:
        parts.append("\n".join([words["label_helplines"][0] + ":", *map(_helpline, reply.referral.helplines)]))
    return "\n\n".join(part for part in parts if part)


def speaker_line(quote: Quote, content: Content) -> str:
    """Return whose words a quotation is, in the coach's standing phrase."""
    author = content.article_by_id[quote.source_id].sidecar.author
    return content.conversation.wording[f"speaker_{quote.speaker}"][0].format(author=author)


def _quote(quote: Quote, content: Content) -> str:
    text = quote.text if quote.text[0] in '“"' else f"“{quote.text}”"
    return f"{text}\n— {speaker_line(quote, content)}. {quote.citation}"


def _helpline(line: Helpline) -> str:
    """Return one service on one line; every number comes from the data."""
    ways = [line.phone, line.sms, line.whatsapp and f"WhatsApp {line.whatsapp}", line.chat_url]
    facts = [line.audience, line.hours, line.how, line.call_log_note]
    return f"  • {line.name}: {' or '.join(way for way in ways if way)} ({'; '.join(fact for fact in facts if fact)})"
