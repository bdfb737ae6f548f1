"""As much of GitHub's runner as our workflows need: the steps of a job, read out of the YAML files and
run in order in a fresh clone, with the GITHUB_* files, expressions, outputs and workflow commands.

Other people's actions are not run. What they do for a job is done by `ACTIONS` below.
"""

import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import threading

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
OURS = "/.github/actions/onair"

# --- expressions -----------------------------------------------------------------------------------

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|&&|\|\||<=|>=|[!<>().\[\],]))"
)


class Expression:
    """https://docs.github.com/en/actions/reference/workflows-and-actions/expressions"""

    def __init__(self, text, contexts, status):
        self.tokens = []
        at = 0
        text = text.strip()
        while at < len(text):
            match = TOKEN.match(text, at)
            assert match, f"not an expression: {text[at:]}"
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.contexts, self.status, self.asks_status = contexts, status, False

    def value(self):
        value = self.either()
        assert not self.tokens, self.tokens
        return value

    def next_is(self, *signs):
        return bool(self.tokens) and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs

    def take(self, sign=None):
        token = self.tokens.pop(0)
        assert sign is None or token == ("sign", sign), (sign, token)
        return token

    def either(self):
        value = self.both()
        while self.next_is("||"):
            self.take()
            other = self.both()
            value = value if truth(value) else other
        return value

    def both(self):
        value = self.compared()
        while self.next_is("&&"):
            self.take()
            other = self.compared()
            value = other if truth(value) else value
        return value

    def compared(self):
        value = self.single()
        while self.next_is("==", "!="):
            sign = self.take()[1]
            same = comparable(value) == comparable(self.single())
            value = same if sign == "==" else not same
        return value

    def single(self):
        if self.next_is("!"):
            self.take()
            return not truth(self.single())
        if self.next_is("("):
            self.take()
            value = self.either()
            self.take(")")
            return value
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text)
        assert kind == "name", text
        if text in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text]
        if self.next_is("("):
            self.take("(")
            self.take(")")
            self.asks_status = True
            return self.status[text]
        value = self.contexts[text]
        while self.next_is("."):
            self.take()
            value = value.get(self.tokens.pop(0)[1]) if isinstance(value, dict) else None
        return value


def truth(value):
    return value not in (None, False, "", 0)


def comparable(value):
    return "" if value is None else value.lower() if isinstance(value, str) else value


def said(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- workflow commands -----------------------------------------------------------------------------

COMMANDS = (
    "add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state "
    "set-env set-output stop-commands warning"
).split()


def command_of(line):
    """What the runner takes a line for: `ActionCommand.TryParseV2`, then `TryParse`."""
    trimmed = line.lstrip()
    if trimmed.startswith("::") and "::" in trimmed[2:]:
        head, text = trimmed[2:].split("::", 1)
        name, _, properties = head.partition(" ")
        if name in COMMANDS:
            unescape = lambda text: text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
            pairs = (pair.split("=", 1) for pair in properties.split(",") if "=" in pair)
            return name, {k.strip(): unescape(v.replace("%3A", ":").replace("%2C", ",")) for k, v in pairs}, unescape(text)
    if "##[" in line:
        inner = line.split("##[", 1)[1]
        name = re.split(r"[ \]]", inner, maxsplit=1)[0]
        if "]" in inner and name in COMMANDS:
            return name, {}, inner.split("]", 1)[1]
    return None


# --- a job -----------------------------------------------------------------------------------------


class Stopped(Exception):
    """A step failed."""


class Job:
    def __init__(self, scratch, workflow, repository, *, sha, event_name, event, onair, ref="main",
                 variables=None, inputs=None, environment=None, role=None, name=None, job="show"):
        # The job that this one needs has the same of all but the role: it may take none on.
        self.before = lambda needed: Job(
            scratch, workflow, repository, sha=sha, event_name=event_name, event=event, onair=onair, ref=ref,
            variables=variables, inputs=inputs, environment=environment, name=name, job=needed,
        )
        self.folder = pathlib.Path(scratch) / f"job-{secrets.token_hex(4)}"
        self.workspace, self.temp = self.folder / "work", self.folder / "temp"
        self.temp.mkdir(parents=True)
        (self.folder / "home").mkdir()
        self.repository, self.onair, self.role = pathlib.Path(repository), onair, role
        self.workflow = yaml.safe_load(pathlib.Path(workflow).read_text())
        self.job_id, self.job = job, self.workflow["jobs"][job]
        self.artifacts = {}
        self.permissions = self.job.get("permissions", self.workflow.get("permissions", {}))
        self.environment = dict(environment or {})
        self.github = {
            "event_name": event_name, "event": event, "sha": sha, "ref_name": ref,
            "repository": name or event["repository"]["full_name"], "run_id": secrets.randbelow(10**9),
            "token": "ghs_not_a_token", "server_url": "https://github.com", "workspace": str(self.workspace),
            "ref": f"refs/heads/{ref}", "action_repository": "",
        }
        self.contexts = {
            "github": self.github, "vars": variables or {}, "inputs": inputs or {},
            "runner": {"temp": str(self.temp), "os": "Linux", "arch": "X64"}, "steps": {}, "env": {},
        }
        self.exported, self.path, self.failed = {}, [], False
        self.annotations, self.commands, self.steps = [], [], {}
        self.summary, self.outputs, self.log, self.sarif = "", {}, "", None
        # Whom to wait for before the first request that is signed.
        self.others = None

    # Expressions

    def expand(self, value, contexts):
        status = {"success": not self.failed, "failure": self.failed, "always": True, "cancelled": False}
        if not isinstance(value, str):
            return value
        whole = re.fullmatch(r"\s*\$\{\{(.*?)\}\}\s*", value, re.S)
        if whole:
            return Expression(whole.group(1), contexts, status).value()
        one = lambda match: said(Expression(match.group(1), contexts, status).value())
        return re.sub(r"\$\{\{(.*?)\}\}", one, value, flags=re.S)

    def wanted(self, condition, contexts):
        if condition is None:
            return not self.failed
        text = str(condition)
        whole = re.fullmatch(r"\s*\$\{\{(.*?)\}\}\s*", text, re.S)
        status = {"success": not self.failed, "failure": self.failed, "always": True, "cancelled": False}
        expression = Expression(whole.group(1) if whole else text, contexts, status)
        value = truth(expression.value())
        return value if expression.asks_status else value and not self.failed

    def group(self):
        return self.expand(self.workflow["concurrency"]["group"], self.contexts)

    # Steps

    def run(self):
        self.ran = self.wanted(self.job.get("if"), self.contexts)
        if self.ran and "needs" in self.job:
            needed = self.before(self.job["needs"]).run()
            assert needed.ran and not needed.failed, (needed.steps, needed.log)
            assert needed.permissions == {"contents": "read"}, needed.permissions
            outputs = {key: said(self.expand(value, needed.contexts)) for key, value in needed.job["outputs"].items()}
            self.contexts["needs"] = {self.job["needs"]: {"outputs": outputs}}
            self.artifacts = needed.artifacts
        for number, step in enumerate(self.job["steps"] if self.ran else []):
            title = step.get("name") or step.get("uses") or f"step {number}"
            if not self.wanted(step.get("if"), self.contexts):
                self.steps[title] = "skipped"
                continue
            try:
                outputs = self.step(step, self.contexts, None)
                self.contexts["steps"][step.get("id")] = {"outputs": outputs}
                self.outputs[title] = outputs
                self.steps[title] = "success"
            except Stopped as stopped:
                self.steps[title] = f"failure {stopped}"
                self.failed = self.failed or not step.get("continue-on-error")
        return self

    def step(self, step, contexts, action_path):
        variables = {key: said(self.expand(value, contexts)) for key, value in step.get("env", {}).items()}
        given = {key: said(self.expand(value, contexts)) for key, value in step.get("with", {}).items()}
        if "run" in step:
            assert "${{" not in step["run"], f"an expression in a script: {step['run']}"
            return self.script(step["run"], step.get("shell"), variables, action_path)
        uses = step["uses"]
        if uses.startswith("$/") or OURS + "@" in uses:
            return self.composite(uses, given)
        name, _, commit = uses.partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit), f"not pinned: {uses}"
        ACTIONS[name](self, given)
        return {}

    def composite(self, uses, given):
        # Of another repository's action the runner has a copy of its own.
        root = self.workspace if uses.startswith("$/") else ROOT
        folder = root / OURS[1:]
        action = yaml.safe_load((folder / "action.yml").read_text())
        inputs = {key: said(spec.get("default", "")) for key, spec in action["inputs"].items()}
        assert set(given) <= set(inputs), given
        github = self.github if uses.startswith("$/") else {**self.github, "action_repository": uses.split(OURS)[0]}
        contexts = {**self.contexts, "github": github, "inputs": {**inputs, **given}, "steps": {}}
        for step in action["runs"]["steps"]:
            if self.wanted(step.get("if"), contexts):
                outputs = self.step(step, contexts, folder)
                contexts["steps"][step.get("id")] = {"outputs": outputs}
        return {key: said(self.expand(spec["value"], contexts)) for key, spec in action["outputs"].items()}

    def script(self, text, shell, variables, action_path):
        files = {}
        for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH"):
            files[name] = self.temp / f"_{name}_{secrets.token_hex(8)}"
            files[name].touch()
        script = self.temp / f"{secrets.token_hex(8)}.sh"
        script.write_text(text)
        flags = ["--noprofile", "--norc", "-eo", "pipefail"] if shell == "bash" else ["-e"]
        environment = {
            "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", os.path.expanduser("~/.rustup")),
            "PATH": ":".join([*self.path, os.environ["PATH"]]), "HOME": str(self.folder / "home"), "CI": "true",
            "GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(self.temp), "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
            **{f"GITHUB_{key.upper()}": said(self.github[key]) for key in (
                "event_name", "sha", "ref_name", "ref", "repository", "run_id", "server_url", "workspace")},
            **{f"GITHUB_{name}": str(path) for name, path in files.items()},
            **self.environment, **self.exported, **variables,
        }
        if action_path:
            environment["GITHUB_ACTION_PATH"] = str(action_path)
        ran = subprocess.run(
            ["bash", *flags, str(script)], cwd=self.workspace, env=environment, timeout=600,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        log = ran.stdout.decode(errors="replace")
        self.log += log
        # Lines end as .NET ends them.
        for line in re.split(r"\r\n|\r|\n", log):
            command = command_of(line)
            if command and command[0] in ("error", "warning", "notice"):
                self.annotations.append(command)
            elif command:
                self.commands.append(command)
        for kind in ("error", "warning", "notice"):
            shown = [command for command in re.split(r"[\r\n]", log) if (command_of(command) or [""])[0] == kind]
            assert len(shown) <= 10, f"{len(shown)} annotations of kind {kind}"
        summary = files["STEP_SUMMARY"].read_text()
        assert len(summary.encode()) <= 1 << 20
        self.summary += summary
        self.path = [*files["PATH"].read_text().split(), *self.path]
        self.exported.update(assignments(files["ENV"].read_text()))
        if ran.returncode:
            raise Stopped(ran.returncode)
        return assignments(files["OUTPUT"].read_text())

    def texts_of(self, kind):
        return [(properties, text) for name, properties, text in self.annotations if name == kind]


def assignments(text):
    """The lines of GITHUB_OUTPUT and GITHUB_ENV."""
    values, lines = {}, iter(text.split("\n"))
    for line in lines:
        heredoc = re.fullmatch(r"([^=]+?)<<(.+)", line)
        if heredoc:
            body = []
            for line in lines:
                if line == heredoc.group(2):
                    break
                body.append(line)
            values[heredoc.group(1)] = "\n".join(body)
        elif line:
            key, sign, value = line.partition("=")
            assert sign, f"the runner refuses: {line}"
            values[key] = value
    return values


# --- what other people's actions do ----------------------------------------------------------------


def checkout(job, given):
    assert given.get("persist-credentials") == "false", "a token would lie in the checkout"
    subprocess.run(["git", "clone", "--quiet", str(job.repository), str(job.workspace)], check=True)
    subprocess.run(["git", "-C", str(job.workspace), "checkout", "--quiet", job.github["sha"]], check=True)


def cache(job, given):
    assert re.fullmatch(r"onair-Linux-X64-[0-9a-f]{40}", given["key"]), given
    folder = pathlib.Path(given["path"])
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(job.onair, folder / "onair")


def credentials(job, given):
    assert job.permissions.get("id-token") == "write", job.permissions
    assert given["role-to-assume"].startswith("arn:aws:iam::"), given
    job.exported.update({"AWS_REGION": given["aws-region"], **job.role})
    if job.others:
        job.others.wait(timeout=300)


def upload_sarif(job, given):
    assert job.permissions.get("security-events") == "write", job.permissions
    job.sarif = json.loads(pathlib.Path(given["sarif_file"]).read_text())
    assert job.sarif["version"] == "2.1.0"


def upload_artifact(job, given):
    path = pathlib.Path(given["path"])
    job.artifacts[given["name"]] = (path.name, path.read_bytes())


def download_artifact(job, given):
    name, content = job.artifacts[given["name"]]
    folder = pathlib.Path(given["path"])
    folder.mkdir(parents=True, exist_ok=True)
    # An artifact keeps no permissions.
    (folder / name).write_bytes(content)


ACTIONS = {
    "actions/upload-artifact": upload_artifact,
    "actions/download-artifact": download_artifact,
    "actions/checkout": checkout,
    "actions/cache": cache,
    "aws-actions/configure-aws-credentials": credentials,
    "github/codeql-action/upload-sarif": upload_sarif,
}


def run_queued(jobs):
    """As GitHub does with one concurrency group: one after the other."""
    assert len({job.group() for job in jobs}) == 1, [job.group() for job in jobs]
    assert all(not job.workflow["concurrency"]["cancel-in-progress"] for job in jobs)
    return [job.run() for job in jobs]


def run_at_once(jobs):
    others = threading.Barrier(len(jobs))
    for job in jobs:
        job.others = others
    threads = [threading.Thread(target=job.run) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return jobs
