"""Snippets: a request as code that runs as it stands, in three languages and three ways to wait for the video."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

Way = Literal["sync", "async", "sse"]
Language = Literal["curl", "python", "javascript"]
Body = Mapping[str, Any]

WAYS: dict[Way, str] = {"sync": "Sync", "async": "Async", "sse": "Async with SSE"}
LANGUAGES: dict[Language, str] = {"curl": "cURL", "python": "Python", "javascript": "JavaScript"}
#: The environment variable that snippets read the API key from.
KEY = "OXREEL_API_KEY"


def snippet(way: Way, language: Language, body: Body, base_url: str) -> str:
    """Code that sends `body` to the hub at `base_url` and prints the answer; it needs the key in the environment."""
    return _WRITERS[language, way](body, base_url.rstrip("/"))


def snippets(body: Body, base_url: str) -> dict[str, dict[str, str]]:
    """All nine: by way, then by language."""
    return {way: {language: snippet(way, language, body, base_url) for language in LANGUAGES} for way in WAYS}


def _curl_sync(body: Body, hub: str) -> str:
    return _post(f"{hub}/api/ai/videos/generate", _shell(_sync(body)))


def _curl_async(body: Body, hub: str) -> str:
    return f"""# Enqueue, capture the generation id.
GEN_ID=$({_post(f"{hub}/api/ai/queue", _shell(body), quiet=True)} | jq -r '.generations[0].generation_id')

# Look until it has ended.
while true; do
  ROW=$(curl -s "{hub}/api/ai/queue/$GEN_ID" -H "Authorization: Bearer ${KEY}")
  STATUS=$(echo "$ROW" | jq -r .status)
  echo "$STATUS"
  case "$STATUS" in
    succeeded) echo "$ROW" | jq -r .result_url; break ;;
    failed|cancelled) echo "$ROW" | jq -r .error_message; exit 1 ;;
    queued|processing) sleep 2 ;;
    *) echo "$ROW"; exit 1 ;;
  esac
done"""


def _curl_sse(body: Body, hub: str) -> str:
    return f"""# Enqueue, capture the generation id.
GEN_ID=$({_post(f"{hub}/api/ai/queue", _shell(body), quiet=True)} | jq -r '.generations[0].generation_id')

# Listen until our generation has ended, and print what is said of it.
curl -sN -H "Authorization: Bearer ${KEY}" {hub}/api/events \\
  | awk -v id="$GEN_ID" '
    /^event: media_generation_completed$/ {{ expect=1; next }}
    /^data: / && expect {{
      payload = substr($0, 7)
      if (index(payload, "\\"generation_id\\":\\"" id "\\"")) {{ print payload; exit }}
      expect = 0
    }}
  ' | jq ."""


def _post(url: str, data: str, *, quiet: bool = False) -> str:
    return f"""curl{" -s" if quiet else ""} -X POST {url} \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer ${KEY}" \\
  -d '{data}'"""


def _python_sync(body: Body, hub: str) -> str:
    return f"""import os
import requests

response = requests.post(
    "{hub}/api/ai/videos/generate",
    headers={{"Authorization": f"Bearer {{os.environ['{KEY}']}}"}},
    json={_python(_sync(body))},
)
response.raise_for_status()
print(response.json())"""


def _python_async(body: Body, hub: str) -> str:
    return f"""import os
import time
import requests

HUB = "{hub}"
AUTH = {{"Authorization": f"Bearer {{os.environ['{KEY}']}}"}}

{_PYTHON_ENQUEUE.format(body=_python(body))}

while True:
    response = requests.get(f"{{HUB}}/api/ai/queue/{{generation_id}}", headers=AUTH)
    response.raise_for_status()
    row = response.json()
    print(row["status"], f"{{row['progress']:.0%}}")
    if row["status"] not in ("queued", "processing"):
        break
    time.sleep(2)

print(row["result_url"] or row["error_message"])"""


def _python_sse(body: Body, hub: str) -> str:
    return f"""import json
import os
import requests

HUB = "{hub}"
AUTH = {{"Authorization": f"Bearer {{os.environ['{KEY}']}}"}}

{_PYTHON_ENQUEUE.format(body=_python(body))}

with requests.get(f"{{HUB}}/api/events", headers=AUTH, stream=True) as stream:
    event = None
    for line in stream.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: ") and event == "media_generation_completed":
            payload = json.loads(line.removeprefix("data: "))
            if payload["generation_id"] == generation_id:
                print(payload)
                break"""


_PYTHON_ENQUEUE = """response = requests.post(
    f"{{HUB}}/api/ai/queue",
    headers=AUTH,
    json={body},
)
response.raise_for_status()
generation_id = response.json()["generations"][0]["generation_id"]"""


def _javascript_sync(body: Body, hub: str) -> str:
    return f"""const response = await fetch("{hub}/api/ai/videos/generate", {{
  method: "POST",
  headers: {{
    "Content-Type": "application/json",
    Authorization: `Bearer ${{process.env.{KEY}}}`,
  }},
  body: JSON.stringify({_javascript(_sync(body), "  ")}),
}});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());"""


def _javascript_async(body: Body, hub: str) -> str:
    return f"""{_javascript_enqueue(body, hub)}

let row;
do {{
  await new Promise((resolve) => setTimeout(resolve, 2000));
  row = await (await fetch(`${{HUB}}/api/ai/queue/${{id}}`, {{ headers: AUTH }})).json();
  console.log(row.status, row.progress);
}} while (row.status === "queued" || row.status === "processing");

console.log(row.result_url ?? row.error_message);"""


def _javascript_sse(body: Body, hub: str) -> str:
    return f"""{_javascript_enqueue(body, hub)}

const events = await fetch(`${{HUB}}/api/events`, {{ headers: AUTH }});
let event = "", rest = "";
listening: for await (const chunk of events.body.pipeThrough(new TextDecoderStream())) {{
  const lines = (rest + chunk).split("\\n");
  rest = lines.pop();
  for (const line of lines) {{
    if (line.startsWith("event: ")) event = line.slice(7);
    if (!line.startsWith("data: ") || event !== "media_generation_completed") continue;
    const payload = JSON.parse(line.slice(6));
    if (payload.generation_id !== id) continue;
    console.log(payload);
    break listening;
  }}
}}"""


def _javascript_enqueue(body: Body, hub: str) -> str:
    return f"""const HUB = "{hub}";
const AUTH = {{ Authorization: `Bearer ${{process.env.{KEY}}}` }};

const response = await fetch(`${{HUB}}/api/ai/queue`, {{
  method: "POST",
  headers: {{ ...AUTH, "Content-Type": "application/json" }},
  body: JSON.stringify({_javascript(body, "  ")}),
}});
if (!response.ok) throw new Error(await response.text());
const id = (await response.json()).generations[0].generation_id;"""


def _sync(body: Body) -> Body:
    """The body as the synchronous call takes it: it makes one video."""
    return {name: value for name, value in body.items() if name not in ("num_generations", "validate")}


def _shell(body: Body) -> str:
    """JSON inside single quotes of a shell."""
    return json.dumps(body, indent=2, ensure_ascii=False).replace("'", "'\\''")


def _javascript(body: Body, indent: str) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False).replace("\n", "\n" + indent)


def _python(value: Any, indent: str = "    ") -> str:
    """A Python literal over several lines, inside code that is indented so far."""
    deeper = indent + "    "
    if isinstance(value, Mapping) and value:
        rows = [f"{deeper}{_python(str(name))}: {_python(part, deeper)},\n" for name, part in value.items()]
        return "{\n" + "".join(rows) + indent + "}"
    if isinstance(value, list | tuple) and value:
        return "[\n" + "".join(f"{deeper}{_python(part, deeper)},\n" for part in value) + indent + "]"
    # JSON's strings are Python's too, with the double quotes that the documents use.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


_WRITERS: dict[tuple[Language, Way], Callable[[Body, str], str]] = {
    ("curl", "sync"): _curl_sync,
    ("curl", "async"): _curl_async,
    ("curl", "sse"): _curl_sse,
    ("python", "sync"): _python_sync,
    ("python", "async"): _python_async,
    ("python", "sse"): _python_sse,
    ("javascript", "sync"): _javascript_sync,
    ("javascript", "async"): _javascript_async,
    ("javascript", "sse"): _javascript_sse,
}
