"""Whether our chat templates write what Python's jinja2 writes, byte for byte.

Every template of a folder is rendered for many conversations: by jinja2 with the environment that the library transformers
uses, and by ours. An error in one must be an error in the other. Templates are never copied into our files: they are read
from the source archive of the package llama-cpp-python (vendor/llama.cpp/models/templates) or from another folder.
The golden lines of our own tests are checked against jinja2 as well. Exit code 1 when something differs.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

INSTANT = "2026-03-07T09:05:00Z"
NASTY = ["", " ", "\n", "{{ x }} {% if %} {# c #} {{ 1 + ", "it's \"quoted\" \\ \\n back\\slash", "line\nline\r\n\n\ttab\n",
         "  spaces at the ends  ", "emoji 👩‍👩‍👧 é e\u0301 中文 العربية \u00a0\u2028", "<|im_end|> </s> [INST] <think>a</think> b",
         "a</think>b</think>c", "<tag attribute='1'>&amp;</tag>", "x" * 3000, "\u0001\u007f\u200b", "%s %d {} {0}", "null", "True"]
WEATHER = {"type": "function", "function": {"name": "get_weather", "description": "Tells the weather; \"now\" or <later>.", "parameters": {
    "type": "object", "required": ["city"], "properties": {
        "city": {"type": "string", "description": "A city's name, e.g. Köln"},
        "days": {"type": "integer", "description": "How many", "default": 1, "minimum": 0, "maximum": 14},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "description": "Unit"},
        "precise": {"type": "boolean"}, "factor": {"type": "number", "default": 0.5},
        "tags": {"type": "array", "items": {"type": "string"}, "description": "Tags"},
        "place": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": ["number", "null"]}}, "required": ["lat"]}}}}}
NOW = {"type": "function", "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}}}
BARE = {"name": "bare", "description": "Without a wrapper", "parameters": {"type": "object", "properties": {"x": {"type": "string"}}}}


GOLDEN = Path(__file__).parent.parent / "src/test/resources/dev/rbees/worker/template"


def said(role, content, **more):
    return {"role": role, "content": content, **more}


GOLDEN_TALK = [said("system", "Be brief."), said("user", "Hi {{ x }}"), said("assistant", " Hello. "), said("user", "Bye")]


def call(name, arguments, number="call12345"):
    return {"id": number, "type": "function", "function": {"name": name, "arguments": arguments}}


def talks():
    """Conversations by name, each a list of messages."""
    user, answer = said("user", "What is new?"), said("assistant", "Nothing much.")
    talks = {
        "user": [user], "system": [said("system", "Be brief."), user], "empty": [],
        "turns": [said("system", "Be brief."), user, answer, said("user", "Really?"), answer, said("user", "Bye")],
        "turns without system": [user, answer, said("user", "Really?")], "ends with assistant": [user, answer],
        "assistant first": [answer, user], "system late": [user, answer, said("system", "Now in French."), user],
        "two systems": [said("system", "a"), said("system", "b"), user], "same role": [user, user, answer, answer, user],
        "system only": [said("system", "Be brief.")], "unknown role": [said("narrator", "Once upon a time"), user],
        "developer": [said("developer", "Rules"), user], "thinking": [user, said("assistant", "<think>\nhm\n</think>\n\nYes."), user],
        "reasoning": [user, said("assistant", "Yes.", reasoning_content="hm"), user],
        "reasoning at the end": [user, said("assistant", "Yes.", reasoning_content="hm", thinking="hm2")],
        "no content": [said("user", None), answer, user], "missing content": [{"role": "user"}],
        "parts": [said("system", [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief."}]),
                  said("user", [{"type": "text", "text": "Hi "}, {"type": "text", "text": "there"}]), answer, user],
        "image part": [said("user", [{"type": "image"}, {"type": "text", "text": "What is it?"}])], "no parts": [said("user", [])],
        "number as content": [said("user", 5)], "named": [said("user", "Hi", name="ada"), said("assistant", "Hi", prefix=True)],
    }
    for i, text in enumerate(NASTY):
        talks[f"nasty {i}"] = [said("system", text), said("user", text), said("assistant", text), said("user", text)]
    asked = [said("system", "Use tools."), said("user", "Weather in Köln?")]
    for name, arguments in {"": {"city": "Köln", "days": 2, "precise": True, "factor": 1.5, "tags": ["a", "b"], "place": {"lat": 50.9, "lon": None}},
                            " as text": '{"city": "Köln", "days": 2}', " without arguments": {}}.items():
        called = said("assistant", "", tool_calls=[call("get_weather", arguments)])
        result = said("tool", '{"temperature": 21.5}', name="get_weather", tool_call_id="call12345")
        talks["call" + name] = asked + [called]
        talks["result" + name] = asked + [called, result]
        talks["answered" + name] = asked + [called, result, said("assistant", "It is 21.5 °C."), said("user", "Thanks")]
        talks["content none" + name] = asked + [said("assistant", None, tool_calls=[call("get_weather", arguments)]), result]
        talks["two calls" + name] = asked + [said("assistant", "Let me see.", reasoning_content="two", tool_calls=[
            call("get_weather", arguments), call("now", {}, "call67890")]), result, said("tool", "12:00", name="now", tool_call_id="call67890")]
    talks["result as object"] = asked + [said("assistant", "", tool_calls=[call("now", {})]), said("tool", {"time": "12:00", "ok": True}, name="now")]
    talks["result as parts"] = asked + [said("assistant", "", tool_calls=[call("now", {})]), said("tool", [{"type": "text", "text": "12:00"}])]
    return talks


def cases():
    """Named sets of variables, each for one rendering."""
    tokens = {"bos_token": "<s>", "eos_token": "</s>"}
    found = {}
    for name, messages in talks().items():
        for prompt in (True, False):
            found[f"{name}, prompt {prompt}"] = {"messages": messages, "add_generation_prompt": prompt, **tokens}
        if not name.startswith("nasty"):
            found[name + ", with tools"] = {"messages": messages, "add_generation_prompt": True, "tools": [WEATHER, NOW], **tokens}
    turns = talks()["turns"]
    extras = {"thinking on": {"enable_thinking": True, "thinking": True}, "thinking off": {"enable_thinking": False, "thinking": False},
              "date": {"date_string": "01 Jan 2025", "current_date": "2025-01-01"}, "effort low": {"reasoning_effort": "low"},
              "effort high": {"reasoning_effort": "high"}, "documents": {"documents": [{"title": "A & B", "text": "Some 'text'", "doc_id": 1}]},
              "bare tool": {"tools": [BARE]}, "no tools": {"tools": []}, "tools in user": {"tools": [WEATHER], "tools_in_user_message": False},
              "builtin": {"builtin_tools": ["python", "brave_search", "code_interpreter"], "tools": [NOW]}, "choice": {"tools": [NOW], "tool_choice": "required"},
              "system_message": {"system_message": "S", "model_identity": "I am a bee."}, "keep thinking": {"preserve_thinking": True, "clear_thinking": False},
              "response format": {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}}}
    for name, extra in extras.items():
        for talk in ("turns", "reasoning", "answered"):
            found[f"{talk}, {name}"] = {"messages": talks()[talk], "add_generation_prompt": True, **tokens, **extra}
    found["no tokens"] = {"messages": turns, "add_generation_prompt": True}
    return found


class Raised(jinja2.exceptions.TemplateError):
    """The template itself refuses the conversation."""


class Generation(jinja2.ext.Extension):
    """{% generation %} marks the assistant's words for training; here its body is only written."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("write"), [], [], body).set_lineno(line)

    def write(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise Raised(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    clock = datetime.fromisoformat(INSTANT.replace("Z", "+00:00")).astimezone(timezone.utc)
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    made.filters["tojson"] = tojson
    made.globals.update(raise_exception=raise_exception, strftime_now=clock.strftime)
    return made


def expected(source, sets):
    """For each set of variables the text and the error, of which one is None; None when the template cannot be read, with the reason."""
    try:
        template = environment().from_string(source)
    except Exception as e:
        return None, str(e)
    results = []
    for variables in sets:
        try:
            results.append((template.render(**{"tools": None, "documents": None, "bos_token": "", "eos_token": "", **variables}), None))
        except Exception as e:
            results.append((None, e))
    return results, ""


class Ours:
    """Our side: one Java process for all templates."""

    def __init__(self):
        self.process = subprocess.Popen([os.environ.get("RBEES_BENCH_JAVA", "java"), "-cp", os.environ["RBEES_BENCH_CLASSES"],
                                         "dev.rbees.worker.benchmark.TemplateProbe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, **command):
        self.process.stdin.write(json.dumps({"instant": INSTANT, **command}).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("error: our side ended; what it said stands above")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)


def family(name):
    """The publisher's line of models that a template's file belongs to."""
    known = ["Command|Cohere", "DeepSeek", "gemma", "granite", "Llama-3|llama-3", "Mistral|Ministral|Devstral", "Qwen|QwQ", "Kimi", "GLM", "MiniMax", "Nemotron",
             "Hermes", "functionary", "GigaChat", "LFM", "Apriel", "Laguna", "SmolLM", "gpt-oss", "Phi"]
    for pattern in known:
        if re.search(pattern, name, re.IGNORECASE):
            return pattern.split("|")[0]
    return re.split(r"[-.\d]", name)[0]


def compare(source, sets, ours, show):
    """Counts of equal, different and unsupported renderings; differences are shown, at most so many."""
    wanted, reason = expected(source, list(sets.values()))
    got = ours.ask(template=source, cases=list(sets.values()))
    if wanted is None or "refused" in got:
        if wanted is None and "refused" in got:
            return Counter(refused_by_both=1), [f"both refuse it: {reason}"]
        return Counter(unsupported=len(sets)), [f"only one refuses it: jinja2 {reason or 'does not'}, ours {got.get('refused', 'does not')}"]
    counts, notes = Counter(), []
    for name, (text, why), result in zip(sets, wanted, got["results"]):
        ours_text = result.get("text")
        # what a template says when it refuses a conversation is for people, so it has to be the same as well
        same_reason = result.get("raised", False) == isinstance(why, Raised) and (not isinstance(why, Raised) or str(why) == result["error"])
        if text == ours_text and same_reason:
            counts["equal" if text is not None else "error_in_both"] += 1
            continue
        counts["unsupported" if text is not None and "not supported" in result.get("error", "") else "different"] += 1
        if len(notes) < show:
            notes.append(f"{name}: jinja2 {repr(why) if why else excerpt(text, ours_text)}; ours {result.get('error') or excerpt(ours_text, text)}")
    return counts, notes


def golden_differences(folder):
    """Lines of the golden files of our own tests for which jinja2 writes something else."""
    variables = {"messages": GOLDEN_TALK, "add_generation_prompt": True, "tools": None, "documents": None, "bos_token": "<s>", "eos_token": "</s>"}
    made, different, count = environment(), [], 0
    for file, form in {"expressions.txt": "{{ %s }}", "templates.txt": "%s"}.items():
        for line in (folder / file).read_text(encoding="utf-8").split("\n"):
            if line and not line.startswith("# "):
                count += 1
                source, _, wanted = line.replace("⏎", "\n").rpartition(" => ")
                if made.from_string(form.replace("%s", source)).render(**variables) != wanted:
                    different.append(line)
    return count, different


def excerpt(text, other):
    """The text around the first place where it differs from another."""
    same = len(os.path.commonprefix([text, other or ""]))
    return repr(text[max(0, same - 60):same + 60])


def show_table(title, rows):
    columns = ["equal", "error_in_both", "different", "unsupported", "refused_by_both"]
    print(f"\n| {title} | equal | error in both | different | unsupported | refused by both |\n| --- | --- | --- | --- | --- | --- |")
    for name, counts in rows.items():
        print(f"| {name} | " + " | ".join(str(counts[c]) for c in columns) + " |")


def show_speed(templates, ours):
    """Reading the longest template that takes 100 messages, and rendering them: first in a new process, then warm."""
    messages = [said("user" if i % 2 == 0 else "assistant", f"Message {i}: " + "some words " * 20) for i in range(99)]
    variables = {"messages": [said("system", "Be brief.")] + messages, "add_generation_prompt": True, "tools": [WEATHER, NOW], "bos_token": "<s>", "eos_token": "</s>"}
    for name, source in sorted(templates.items(), key=lambda item: -len(item[1])):
        wanted, _ = expected(source, [variables])
        if wanted and wanted[0][0] and "results" in (got := ours.ask(template=source, cases=[variables])) and "text" in got["results"][0]:
            fresh = Ours()
            nanos = fresh.ask(template=source, cases=[variables], rounds=400)["nanos"]
            fresh.close()
            print(f"\n100 messages with {name} ({len(source)} characters), read and rendered: first {nanos[0] / 1e6:.1f} ms, "
                  f"warm (median of the last 200) {statistics.median(nanos[200:]) / 1e6:.2f} ms")
            return


def main():
    arguments = argparse.ArgumentParser(prog="run templates FOLDER", description=__doc__)
    arguments.add_argument("folder", type=Path, help="of *.jinja files")
    arguments.add_argument("--show", type=int, default=2, help="differences to show for each template (default: 2)")
    options = arguments.parse_args()
    templates = {file.stem: file.read_text(encoding="utf-8") for file in sorted(options.folder.glob("*.jinja"))}
    if not templates:
        raise SystemExit(f"error: there is no *.jinja file in {options.folder}")
    sets, ours = cases(), Ours()
    print(f"- jinja2 {version('jinja2')}, {len(templates)} templates, {len(sets)} conversations each", flush=True)
    count, golden = golden_differences(GOLDEN)
    print(f"- golden lines of our tests that jinja2 writes as well: {count - len(golden)} of {count}" + "".join(f"\n  different: {line}" for line in golden))
    by_template, by_family = {}, {}
    for name, source in templates.items():
        counts, notes = compare(source, sets, ours, options.show)
        by_template[name] = counts
        by_family.setdefault(family(name), Counter()).update(counts)
        for note in notes:
            print(f"{name}: {note}", flush=True)
    show_table("template", by_template)
    show_table("family", dict(sorted(by_family.items())))
    total = sum(by_family.values(), Counter())
    show_table("all", {"all": total})
    show_speed(templates, ours)
    ours.close()
    return 1 if total["different"] or total["unsupported"] or golden else 0


if __name__ == "__main__":
    sys.exit(main())
