"""What must come of our workflows: see steps.sh, which starts the S3 server and then this."""

import functools
import hashlib
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as xml

from runner import ROOT, Job, run_at_once, run_queued

sys.path.append(str(ROOT / "tests/e2e"))
from show import FRAME  # noqa: E402

ONAIR = os.environ["ONAIR"]
ENDPOINT = os.environ["AWS_ENDPOINT_URL_S3"]
ROLE = {key: os.environ[key] for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
VARIABLES = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/onair", "AWS_REGION": "us-east-1"}
SCRATCH = pathlib.Path(tempfile.mkdtemp(prefix="onair-steps-"))
EVIL = (
    '"::set-output name=released::9 ##[add-path]/tmp $(touch $HOME/pwned) `touch pwned` ]]> '
    '<script>alert(1)</script>\\n::error::forged\\r::add-mask::a${{ github.token }}"'
)
TABLE = []


# --- what is public --------------------------------------------------------------------------------


def s3(method, key):
    """Asks the S3 server as its owner: status, headers, body."""
    sign = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", ":".join(ROLE.values())]
    how = ["--head"] if method == "HEAD" else ["--include", "--request", method]
    answer = subprocess.run(
        ["curl", "--silent", *how, *sign, f"{ENDPOINT}/show/{key}"], capture_output=True, check=True
    ).stdout
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body


class Public(http.server.BaseHTTPRequestHandler):
    """Gives everybody the objects below a prefix, as a CDN would; and never anything else."""

    def do_GET(self):
        assert self.command in ("GET", "HEAD")
        prefix = self.server.prefix
        status, headers, body = s3(self.command, prefix + self.path)
        if self.server.hidden and self.path.startswith(self.server.hidden):
            status, headers, body = 403, {}, b""
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() in ("content-type", "cache-control", "etag") or name.lower().startswith("x-amz-meta-"):
                self.send_header(name, value)
        self.send_header("Content-Length", headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def publish_to_web(prefix):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Public)
    server.prefix, server.hidden = prefix, None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}"


# --- a repository ----------------------------------------------------------------------------------


class Repository:
    """A show's repository: branches, commits, and the jobs that GitHub would start for them."""

    def __init__(self, name, prefix):
        self.folder, self.name, self.target = SCRATCH / name, f"ann/{name}", f"s3://show/{prefix}"
        self.server, self.url = publish_to_web(prefix)
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        who = ["-c", "user.name=Ann", "-c", "user.email=ann@show.example", "-c", "commit.gpgsign=false"]
        ran = subprocess.run(
            ["git", *who, "-C", str(self.folder), *arguments], check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name, base="main"):
        self.git("checkout", "--quiet", "-B", name, base)

    def merge(self, name):
        self.git("checkout", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "--no-edit", name)
        return self.git("rev-parse", "HEAD")

    def read(self, path):
        return (self.folder / path).read_text()

    def write(self, path, text):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(text)

    def replace(self, path, old, new):
        text = self.read(path)
        assert old in text, (path, old)
        self.write(path, text.replace(old, new, 1))

    def workflow(self, name):
        return self.folder / ".github/workflows" / name

    def verify(self, sha, fork=False):
        head = "mallory/tide" if fork else self.name
        event = {
            "repository": {"full_name": self.name, "default_branch": "main"},
            "pull_request": {"number": 7, "head": {"repo": {"full_name": head}}},
        }
        # A pull request's job has no credentials at all, whoever made it.
        job = Job(
            SCRATCH, self.workflow("verify.yml"), self.folder, sha=sha, event_name="pull_request", event=event,
            onair=ONAIR, ref="7/merge", variables={**VARIABLES, "ONAIR_TARGET": self.target},
        )
        return job.run()

    def publish(self, sha, event_name="push", inputs=None, environment=None):
        event = {"repository": {"full_name": self.name, "default_branch": "main"}}
        return Job(
            SCRATCH, self.workflow("publish.yml"), self.folder, sha=sha, event_name=event_name, event=event,
            onair=ONAIR, variables={**VARIABLES, "ONAIR_TARGET": self.target}, inputs=inputs, role=ROLE,
            environment={"AWS_ENDPOINT_URL_S3": ENDPOINT, **(environment or {})},
        )

    def feed(self):
        status, _, body = s3("GET", self.target.removeprefix("s3://show/") + "/podcasts/feed.xml")
        return xml.fromstring(body) if status == 200 else None

    def page(self, path):
        return s3("GET", self.target.removeprefix("s3://show/") + "/" + path)[2].decode()

    def titles(self):
        return [item.findtext("title") for item in self.feed().findall("./channel/item")]

    def whole(self):
        """Every enclosure that the feed names is there, with that length."""
        prefix = self.target.removeprefix("s3://show/")
        for item in self.feed().findall("./channel/item"):
            enclosure = item.find("enclosure").attrib
            status, headers, _ = s3("HEAD", prefix + enclosure["url"].removeprefix(self.url))
            headers = {name.lower(): value for name, value in headers.items()}
            assert (status, headers["content-length"]) == (200, enclosure["length"]), enclosure
        return True


def demo():
    """This very repository, as it stands, with its demo show."""
    repository = Repository("tide", "tide")
    files = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True,
    ).stdout.split("\n")
    for file in filter(None, files):
        if (ROOT / file).is_file():
            target = repository.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, target)
    repository.replace("onair.toml", "https://lowtide.example", repository.url)
    repository.start = repository.commit("The show")
    return repository


# --- what must hold --------------------------------------------------------------------------------


def scenario(name):
    def decorate(function):
        @functools.wraps(function)
        def run(*arguments):
            began = time.monotonic()
            try:
                seen = function(*arguments)
            except BaseException as error:
                for job in Jobs.made[-2:]:
                    print(f"--- {job.steps}\n{job.log}\n--- summary\n{job.summary}")
                TABLE.append((name, "FAILED", str(error) or repr(error)))
                table()
                raise
            TABLE.append((name, "ok", f"{time.monotonic() - began:4.1f} s  {seen}"))

        return run

    return decorate


class Jobs:
    made = []


original_run = Job.run


def remembered(self):
    Jobs.made.append(self)
    original_run(self)
    harmless(self)
    return self


Job.run = remembered


def harmless(job):
    """Holds for every job whatever: no command but annotations, no markup that is not ours."""
    assert job.commands == [], job.commands
    assert not re.search(r"<(?!/?(code|details|summary)>|br>)", job.summary), job.summary
    for key in ("AWS_SECRET_ACCESS_KEY",):
        assert os.environ[key] not in job.log + job.summary


def number(job, output, step="Release"):
    return int(job.outputs[step][output] or 0)


@scenario("a merge")
def first_merge(show):
    [job] = run_queued([show.publish(show.start)])
    assert job.steps["Release"] == "success", job.steps
    assert number(job, "released") == 1 and number(job, "plan") > 10, job.outputs
    assert "## onair: release 1 is published" in job.summary and f"]({show.url}/" in job.summary
    assert len(show.titles()) == 2 and show.whole()
    show.objects = number(job, "plan")
    return f"release 1, {number(job, 'plan')} objects, feed of 2, links in the summary"


@scenario("the same again")
def nothing(show):
    [job] = run_queued([show.publish(show.start)])
    assert number(job, "plan") == 0 and job.outputs["Release"]["released"] == "", job.outputs
    assert "## onair: nothing to publish" in job.summary
    return "nothing to publish, no new release"


@scenario("a good pull request")
def good(show):
    show.branch("good")
    show.replace("episodes/episode_002.md", "How a fog horn carries", "How far a fog horn carries")
    show.good = show.commit("A better title")
    job = show.verify(show.good)
    assert all(outcome == "success" for outcome in job.steps.values()), job.steps
    assert job.texts_of("error") == [] and job.sarif is not None
    assert "## onair check: " in job.summary and "## onair: what a release would publish" in job.summary
    assert "| audio file |" not in job.summary and "1 changed" in job.summary, job.summary
    assert 0 < number(job, "plan", "Plan") < show.objects / 2
    return f"plan of {number(job, 'plan', 'Plan')} objects against release 1, no audio; SARIF handed over"


@scenario("a wrong size")
def wrong_size(show):
    show.branch("wrong")
    lines = show.read("episodes/episode_001.md").split("\n")
    [line] = [number for number, text in enumerate(lines, 1) if text.startswith("size: ")]
    show.replace("episodes/episode_001.md", lines[line - 1], f"size: {int(lines[line - 1][6:]) + 1}")
    job = show.verify(show.commit("A slip"))
    assert job.steps["Check"] == "failure 1" and job.steps["Plan"] == "skipped", job.steps
    [(properties, text)] = job.texts_of("error")
    assert (properties["file"], properties["line"]) == ("episodes/episode_001.md", str(line)), properties
    assert "expected: " in text and "**error**" in job.summary
    assert [result["ruleId"] for result in job.sarif["runs"][0]["results"] if result["level"] == "error"] == ["audio-size"]
    return f"check fails with one annotation on line {line}, and SARIF; no plan"


@scenario("a fork without secrets")
def fork(show):
    job = show.verify(show.good, fork=True)
    assert job.steps["Check"] == job.steps["Plan"] == "success", job.steps
    assert job.steps["Hand the findings to code scanning"] == "skipped" and job.sarif is None
    assert f"There are no credentials for {show.target}" in job.log
    assert f"what is published was read from {show.url}/" in job.log
    assert 0 < number(job, "plan", "Plan") < show.objects / 2 and "1 changed" in job.summary
    show.server.hidden = "/.onair/"
    private = show.verify(show.good, fork=True)
    show.server.hidden = None
    assert "every object counts as new" in private.log and private.steps["Plan"] == "success"
    assert "1 changed" in private.summary
    return "the same plan from the public web; with private records, the feed's own"


@scenario("a merge of that")
def second_merge(show):
    [job] = run_queued([show.publish(show.merge("good"))])
    assert number(job, "released") == 2 and "| audio file |" not in job.summary, job.summary
    assert "How far a fog horn carries" in show.titles() and show.whole()
    return f"release 2, {number(job, 'plan')} objects, no audio"


@scenario("two merges at once")
def two(show):
    for title in ("one", "two"):
        show.branch(title)
        show.replace("episodes/episode_001.md", "subtitle: \"", f"subtitle: \"{title.title()}: ")
        show.commit(title)
        show.git("checkout", "--quiet", "main")
    first = show.merge("one")
    show.git("merge", "--quiet", "--strategy-option=theirs", "--no-edit", "two")
    second = show.git("rev-parse", "HEAD")
    queued = run_queued([show.publish(first), show.publish(second)])
    assert [number(job, "released") for job in queued] == [3, 4]
    # And if there were no queue: one from another machine, say. Each has something to send.
    show.replace("episodes/episode_002.md", 'subtitle: "', 'subtitle: "Three: ')
    third = show.commit("three")
    seen = []
    for _ in range(3):
        jobs = run_at_once([show.publish(first), show.publish(third)])
        outcomes = sorted(job.steps["Release"] for job in jobs)
        assert outcomes in (["failure 4", "success"], ["success", "success"]), outcomes
        for job in jobs:
            if job.failed:
                [(_, text)] = job.texts_of("error")
                because = ("another release is at work", "was published after", "has taken over the lock",
                           "does not contain the commit that was released last")
                assert any(it in text for it in because), text
                assert job.summary.count("**Stopped:**") == 1, job.summary
                seen.append(text.split("\n")[0])
        assert show.whole()
    run_queued([show.publish(third)])
    assert "Three: " in show.page("podcasts/episode_002/index.html")
    stopped = f"exit 4, “{seen[0]}”" if seen else "one waited"
    return f"queued: releases 3 and 4; without a queue, {stopped}; the feed is whole"


def add_episode(show, number, title='"Rope"'):
    """Puts an MP3 of its own and its front matter into the checkout."""
    # What differs from file to file stands in bits that silence leaves unused.
    frames = [FRAME[:300] + bytes([number, frame % 200]) + FRAME[302:] for frame in range(400 + number)]
    (show.folder / f"audio/{number:03}.mp3").write_bytes(b"".join(frames))
    text = show.read("episodes/episode_001.md")
    text = re.sub(r"(?m)^title: .*$", lambda _: f"title: {title}", text)
    text = re.sub(r"(?m)^episode: .*$", f"episode: {number}", text)
    text = re.sub(r"(?m)^file: .*$", f"file: {number:03}.mp3", text)
    text = re.sub(r"(?m)^date: .*$", f"date: 2026-05-{number:02} 07:00:00 +0200", text)
    text = re.sub(r"(?m)^appleEpisodeId: .*$", "appleEpisodeId:", text)
    show.write(f"episodes/episode_{number:03}.md", text)
    fixed = subprocess.run([ONAIR, "check", "--fix", "--show", show.folder], capture_output=True, text=True)
    assert fixed.returncode == 0, fixed.stdout + fixed.stderr


@scenario("audio sent ahead")
def sent_ahead(show):
    show.branch("rope")
    show.write(".gitignore", show.read(".gitignore") + "\naudio/004.mp3\n")
    add_episode(show, 4)
    commit = show.commit("An episode, its audio not in git")
    job = show.verify(commit)
    [(properties, text)] = job.texts_of("error")
    assert "there is no audio/004.mp3" in text and properties["file"] == "episodes/episode_004.md"
    subprocess.run(
        [ONAIR, "upload", "4", "--show", show.folder, "--target", show.target], check=True,
        env={**os.environ, **ROLE}, capture_output=True,
    )
    job = show.verify(commit)
    assert job.steps["Plan"] == "success" and "| audio file |" not in job.summary, job.steps
    assert "episode_004.md: audio proved by what stands at `media/004.mp3` in the target" in job.log
    [job] = run_queued([show.publish(show.merge("rope"))])
    assert number(job, "released") > 0 and "| audio file |" not in job.summary
    assert show.titles()[0] == "Rope" and show.whole()
    return "refused before `onair upload`; proved after it; released without audio in the checkout"


@scenario("a date comes due")
def due(show):
    main = show.git("rev-parse", "main")
    [early] = run_queued([show.publish(main, "schedule")])
    assert number(early, "plan") == 0 and "The night ferry" not in show.titles()
    media = show.target.removeprefix("s3://show/") + "/media/003.mp3"
    assert s3("HEAD", media)[0] == 404, "nothing of it is there before its date"
    [job] = run_queued([show.publish(main, "schedule", environment={"ONAIR_NOW": "2046-03-02T06:17:00Z"})])
    assert number(job, "released") > 0 and job.summary.count("| audio file |") == 1, job.summary
    assert show.titles()[0] == "The night ferry" and show.whole()
    return "nothing of it the hour before; then its audio is sent and it is listed first"


@scenario("a manual dry run")
def manual(show):
    main = show.git("rev-parse", "main")
    before = show.page(".onair/manifest.json")
    job = show.publish(main, "workflow_dispatch", inputs={"dry-run": True})
    assert job.group() != show.publish(main).group()
    job.run()
    assert job.steps["Release"] == "success" and "what a release would publish" in job.summary or "nothing" in job.summary
    assert show.page(".onair/manifest.json") == before and job.outputs["Release"]["released"] == ""
    return "keeps out of the queue, writes nothing"


@scenario("malicious front matter")
def malicious(show):
    show.branch("evil")
    add_episode(show, 5, EVIL)
    text = show.read("episodes/episode_005.md")
    text = re.sub(r"(?m)^(subtitle|description|author): .*$", lambda match: f"{match.group(1)}: {EVIL}", text)
    text = text.replace("layout: podcast", f"layout: podcast\n{EVIL}: {EVIL}\nmood: {EVIL}")
    show.write("episodes/episode_005.md", text + f"\n# {EVIL}\n<script>alert(2)</script> <img src=x onerror=alert(3)>\n")
    commit = show.commit("$(touch pwned) ::error::x")
    job = show.verify(commit, fork=True)
    assert job.steps["Check"] == "success", (job.steps, job.log)
    assert "set-output name=released" in job.log, "it was spoken of"
    wrong = re.sub(r"(?m)^size: .*$", "size: 5", show.read("episodes/episode_005.md"))
    show.write("episodes/episode_005.md", re.sub(r"(?m)^date: .*$", f"date: {EVIL}", wrong))
    failing = show.verify(show.commit("worse"), fork=True)
    assert failing.steps["Check"] == "failure 1", failing.steps
    show.git("reset", "--quiet", "--hard", commit)
    [merged] = run_queued([show.publish(show.merge("evil"))])
    assert number(merged, "released") > 0, (merged.steps, merged.log)
    for checked in (job, failing, merged):
        assert not list(checked.folder.rglob("pwned")), "a shell ran it"
        assert set(checked.outputs.get("Release", {})) <= {"findings", "plan", "released"}
        assert all("forged" not in str(properties) and not text.startswith("forged") for _, properties, text in checked.annotations)
    pages = [show.page(path) for path in ("index.html", "podcasts/episode_005/index.html", "podcasts/feed.xml", "assets/search.json")]
    for page in pages[:2]:
        assert "alert(1)" in page and "<script>alert" not in page and "onerror=" not in page
    assert pages[1].count("</script>") == pages[1].count("<script"), "nothing closes a script but its own tag"
    item = xml.fromstring(pages[2]).find("./channel/item/[guid='005.mp3']")
    assert "<script>alert(1)</script>" in item.findtext("title"), "as text"
    assert "<script>alert(2)" not in pages[2]
    return "no shell, command, output or markup; pages and feed hold it as text"


@scenario("a newcomer's show")
def newcomer():
    show = Repository("new", "new")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True).stdout
    action = f"ann/onair/.github/actions/onair@{commit.strip()}"
    onair = lambda *arguments: subprocess.run([ONAIR, *arguments], cwd=show.folder, check=True, capture_output=True)
    onair(
        "init", "--title", "New", "--description", "What is new.", "--author", "Ada", "--language", "en",
        "--category", "Arts", "--email", "ada@new.example", "--url", show.url, "--action", action,
    )
    workflows = [show.workflow("verify.yml"), show.workflow("publish.yml")]
    subprocess.run([ROOT / "tests/workflows/lint.sh", *workflows], check=True, capture_output=True)
    shutil.copy(ROOT / "img/artwork.jpg", show.folder / "img/artwork.jpg")
    first = show.verify(show.commit("What onair init makes, and artwork"))
    assert first.steps["Check"] == first.steps["Plan"] == "success", (first.steps, first.log)
    (show.folder / "audio/001.mp3").write_bytes(FRAME * 500)
    onair("new", "audio/001.mp3", "--title", "Hello")
    # The audio goes ahead; in git stands what Git LFS would put there.
    subprocess.run(
        [ONAIR, "upload", "1", "--show", show.folder, "--target", show.target], check=True,
        env={**os.environ, **ROLE}, capture_output=True,
    )
    digest = hashlib.sha256(FRAME * 500).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(FRAME) * 500}\n"
    show.write("audio/001.mp3", pointer)
    commit = show.commit("Hello")
    job = show.verify(commit, fork=True)
    assert job.steps["Check"] == job.steps["Plan"] == "success", (job.steps, job.log)
    assert "audio proved by its Git LFS pointer and" in job.log
    [job] = run_queued([show.publish(commit)])
    assert number(job, "released") == 1 and show.titles() == ["Hello"] and show.whole()
    return "its workflows are clean and work; an MP3 in Git LFS, sent ahead, released by its pointer"


def table():
    width = max(len(name) for name, _, _ in TABLE)
    print()
    for name, outcome, seen in TABLE:
        print(f"{name:{width}}  {outcome:6}  {seen}")


def main():
    try:
        show = demo()
        for step in (first_merge, nothing, good, wrong_size, fork, second_merge, two, sent_ahead, manual, malicious, due):
            step(show)
        newcomer()
        table()
    finally:
        shutil.rmtree(SCRATCH)


if __name__ == "__main__":
    main()
