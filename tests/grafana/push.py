#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""contmon grafana push, with a stand-in for Grafana: what it creates, updates
and leaves alone, what it says, and what happens to its token.

Usage: push.py BUILD
"""

import contextlib
import copy
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import traceback

import fake_grafana
from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent
if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
    sys.exit(__doc__)
BUILD = pathlib.Path(sys.argv[1]).resolve()
CONTMON = BUILD / "bin/contmon"
GRAFANA = HERE.parents[1] / "grafana"
SECRET = "token-of-contmond"
TAP = Tap()

FILES = {
    "provisioning/datasources/a.yaml": """
apiVersion: 1
datasources:
  - name: contmon
    uid: contmon
    orgId: 1
    editable: false
    type: yesoreyeram-infinity-datasource
    access: proxy
    url: $CONTMOND_URL
    jsonData:
      auth_method: bearerToken
      allowedHosts: ["${CONTMOND_URL}"]
    secureJsonData:
      bearerToken: $CONTMOND_TOKEN
""",
    "provisioning-loopback/datasources/a.yaml": """
apiVersion: 1
datasources:
  - {name: contmon, uid: contmon, type: yesoreyeram-infinity-datasource,
     access: proxy, url: $CONTMOND_URL, jsonData: {auth_method: none}}
""",
    "provisioning/dashboards/a.yaml": """
apiVersion: 1
providers:
  - {name: contmon, folder: Containers, folderUid: box}
""",
    "provisioning/alerting/a.yaml": """
apiVersion: 1
groups:
  - orgId: 1
    name: memory & more
    folder: Containers
    interval: 90s
    rules:
      - uid: full
        title: Memory is full
        condition: C
        for: 120s
        noDataState: OK
        labels: { severity: warning, cost: 5$$ }
        annotations: { summary: '{{ $labels.container }} is full' }
        data:
          - refId: A
            datasourceUid: contmon
            relativeTimeRange: { from: 300, to: 0 }
            model: { refId: A, url: /api/v1/series, from: '${__timeFrom}' }
          - refId: C
            datasourceUid: __expr__
            model: { refId: C, type: threshold, expression: A }
      - uid: gone
        title: Gone
        condition: A
        isPaused: true
        data:
          - refId: A
            datasourceUid: contmon
            relativeTimeRange: { from: 300, to: 0 }
            model: { refId: A }
""",
    "dashboards/one.json": json.dumps({
        "uid": "one", "title": "One", "schemaVersion": 41, "version": 7,
        "panels": [{"id": 1, "title": "CPU", "type": "timeseries",
                    "options": {"a": 1, "b": None}}]}),
    "dashboards/two.json": json.dumps({
        "uid": "two", "title": "Two", "schemaVersion": 41, "panels": []}),
}

CREATED = """data source contmon: created
folder box: created
dashboard one: created
dashboard two: created
alert rule full: created
alert rule gone: created
rule group box/memory & more: created
"""
UNCHANGED = CREATED.replace("created", "unchanged")


class World:
    """A Grafana, a folder to push, and files with tokens"""

    def __init__(self, folder):
        self.grafana = fake_grafana.Grafana()
        self.folder = pathlib.Path(folder)
        self.set = self.folder / "set"
        for name, text in FILES.items():
            self.write(name, text)
        self.token = self.secret("token", fake_grafana.TOKEN)
        self.url = None

    def write(self, name, text):
        path = self.set / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name, old, new):
        text = (self.set / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def secret(self, name, text):
        path = self.folder / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def run(self, *words, url=None, token=None, folder=None, env=None):
        """Status, standard output and error; none of them has the token"""
        command = [CONTMON, "grafana", "push", "--folder", folder or self.set,
                   "--token-file", token or self.token, *words,
                   url or self.url]
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False,
                              env={"PATH": os.environ["PATH"], **(env or {})})
        assert fake_grafana.TOKEN not in done.stdout + done.stderr
        assert SECRET not in done.stdout + done.stderr
        return done.returncode, done.stdout, done.stderr

    def writes(self):
        return [" ".join(request[:2]) for request in self.grafana.seen
                if request[0] != "GET"]


@contextlib.contextmanager
def world(**how):
    with tempfile.TemporaryDirectory(prefix="contmon-push-") as folder:
        made = World(folder)
        with fake_grafana.served(made.grafana, **how) as made.url:
            yield made


def result(got, status, out, err, what):
    TAP.equal(got, (status, out, err), what)


def lines(text, **changed):
    """`text` with other results for some uids"""
    rows = []
    for line in text.splitlines():
        uid = line.split(": ")[0].split()[-1]
        rows.append(line.rpartition(": ")[0] + ": " + changed[uid]
                    if uid in changed else line)
    return "".join(row + "\n" for row in rows)


def creates_and_repeats():
    with world(prefix="/some/grafana") as made:
        result(made.run("--dry-run"), 0,
               CREATED.replace("created", "would be created"), "",
               "a dry run says what would be created")
        TAP.equal(made.writes(), [], "and writes nothing")
        result(made.run(), 0, CREATED, "", "everything is created")
        stored = copy.deepcopy(vars(made.grafana))
        result(made.run(url=made.url + "/"), 0, UNCHANGED, "",
               "the second time nothing is changed")
        TAP.check(all(stored[key] == vars(made.grafana)[key]
                   for key in ("sources", "folders", "dashboards", "rules")),
               "in Grafana, too")
        check_stored(made.grafana)


def check_stored(grafana):
    source = grafana.sources["contmon"]
    TAP.equal((source["url"], source["jsonData"]),
              ("http://127.0.0.1:9477", {"auth_method": "none"}),
              "the data source has its default URL and no token")
    rule = grafana.rules["full"]
    TAP.equal(rule["data"][0]["model"]["from"], "${__timeFrom}",
              "a variable of a query is Grafana's")
    TAP.equal(rule["annotations"]["summary"], "{{ $labels.container }} is full",
              "and so is one of an annotation")
    TAP.equal(rule["labels"]["cost"], "5$", "in a label two dollars are one")
    TAP.equal((rule["for"], rule["noDataState"], rule["execErrState"],
               rule["folderUID"], rule["interval"]),
              ("2m", "OK", "Alerting", "box", 90),
              "the rest of a rule is as the file says, or as Grafana reads it")
    TAP.check("provenance" not in rule, "people may edit the rule in Grafana")
    TAP.check(grafana.rules["gone"]["isPaused"], "a paused rule is paused")


def with_a_token():
    with world() as made:
        secret = made.secret("contmond", SECRET)
        words = ("--contmond-token-file", secret, "--contmond",
                 "https://box.example:9477//")
        made.run(*words)
        source = made.grafana.sources["contmon"]
        TAP.equal((made.grafana.secrets["contmon"], source["url"],
                   source["jsonData"]["allowedHosts"]),
                  ({"bearerToken": SECRET}, "https://box.example:9477",
                   ["https://box.example:9477"]),
                  "the data source gets the token and the URL")
        made.grafana.right_secret = SECRET
        result(made.run(*words), 0, UNCHANGED, "",
               "a token with which contmond answers is not sent again")
        made.grafana.right_secret = "another"
        result(made.run(*words), 0,
               lines(UNCHANGED, contmon="updated: secureJsonData"), "",
               "one with which it does not is")
        made.grafana.sources["contmon"]["jsonData"]["tlsSkipVerify"] = True
        made.grafana.secrets["contmon"]["tlsCACert"] = "PEM"
        made.run(*words)
        TAP.equal((made.grafana.sources["contmon"]["jsonData"]
                   ["tlsSkipVerify"], made.grafana.secrets["contmon"]),
                  (True, {"bearerToken": SECRET, "tlsCACert": "PEM"}),
                  "settings that are not in the files stay")
        made.grafana.right_secret = SECRET
        result(made.run(env={"CONTMOND_TOKEN": SECRET, "CONTMOND_URL":
                             "https://box.example:9477"}), 0, UNCHANGED, "",
               "variables of the environment are as good as options")


def updates():
    with world() as made:
        made.run()
        made.change("dashboards/one.json", '"CPU"', '"CPU time"')
        made.change("provisioning/dashboards/a.yaml", "Containers", "Boxes")
        made.change("provisioning/alerting/a.yaml", "Containers", "Boxes")
        made.change("provisioning/alerting/a.yaml", "warning, ", "page, ")
        made.change("provisioning/alerting/a.yaml", "90s", "1m")
        changed = {"one": "updated: panels[0].title", "box": "updated: title",
                   "full": "updated: labels.severity"}
        want = lines(UNCHANGED, **changed).replace(
            "more: unchanged", "more: updated: interval")
        result(made.run("--dry-run"), 0,
               want.replace("updated", "would be updated"), "",
               "a dry run says what is different")
        result(made.run(), 0, want, "", "what is different is updated")
        result(made.run(), 0, UNCHANGED, "", "and then it is the same")
        TAP.equal(made.grafana.dashboards["one"][0]["version"], 2,
                  "a dashboard has one version more")


def people_in_grafana():
    with world() as made:
        grafana = made.grafana
        made.run()
        grafana.dashboards["one"][0]["panels"][0]["options"]["c"] = 3
        grafana.dashboards["one"][0]["version"] = 9
        grafana.dashboards["two"][1] = ""
        grafana.rules["full"]["isPaused"] = True
        grafana.rules["full"]["notification_settings"] = {"receiver": "me"}
        grafana.rules["full"]["annotations"]["more"] = "text"
        grafana.rules["gone"]["isPaused"] = False
        result(made.run(), 0, lines(
            UNCHANGED, one="updated: panels[0].options.c",
            two="updated: folderUid", full="updated: annotations.more",
            gone="updated: isPaused"), "", "what people changed is undone")
        TAP.equal((grafana.rules["full"]["isPaused"],
                   grafana.rules["full"]["notification_settings"]),
                  (True, {"receiver": "me"}),
                  "but not what the files leave to them")
        grafana.rules["full"]["provenance"] = "api"
        grafana.rules["full"]["title"] = "another"
        result(made.run(), 0, lines(UNCHANGED, full="updated: title"), "",
               "a rule that a program has made is updated")
        TAP.equal(grafana.rules["full"]["provenance"], "api",
                  "and stays one of a program")
        grafana.migrates = True
        result(made.run(), 0, UNCHANGED, "",
               "what a newer Grafana adds to a dashboard is not a difference")


def files_of_grafana():
    why = "Grafana has it from a file of its own, where it has to be changed\n"
    with world() as made:
        grafana = made.grafana
        made.run()
        grafana.sources["contmon"]["readOnly"] = True
        grafana.provisioned.add("one")
        grafana.rules["full"]["provenance"] = "file"
        result(made.run(), 0, UNCHANGED, "",
               "what Grafana has from files may be as it should be")
        grafana.sources["contmon"]["url"] = "http://elsewhere"
        grafana.dashboards["one"][0]["title"] = "another"
        grafana.rules["full"]["title"] = "another"
        left = "".join(line for line in UNCHANGED.splitlines(True)
                       if not any(uid in line for uid in
                                  ("contmon", " one:", "full")))
        result(made.run(), 1, left, "contmon: data source contmon: " + why +
               "contmon: dashboard one: " + why +
               "contmon: alert rule full: " + why,
               "but is not updated: status 1, and the rest is done")


def other_names():
    with world() as made:
        made.grafana.add_source({"name": "contmon", "uid": "xyz", "type": "t",
                                 "access": "proxy", "url": "http://x"})
        status, out, err = made.run()
        TAP.equal((status, err, out), (
            1, "contmon: data source contmon: one of the same name has the uid "
            "xyz; rename or remove it\n",
            CREATED.replace("data source contmon: created\n", "")),
            "a data source of another uid is left alone, the rest is created")


def refusals():
    with world() as made:
        made.grafana.denied = {"POST /api/datasources",
                               "GET /api/dashboards/uid/two"}
        made.grafana.folders["box"] = {"uid": "box", "title": "Containers",
                                       "version": 1}
        made.change("provisioning/alerting/a.yaml", "condition: C",
                    "condition: D")
        status, out, err = made.run()
        TAP.equal((status, out), (1, "folder box: unchanged\n"
                                  "dashboard one: created\n"
                                  "alert rule gone: created\n"
                                  "rule group box/memory & more: created\n"),
                  "a failure costs only its object")
        TAP.equal(err.splitlines(), [
            "contmon: data source contmon: HTTP status 403: You'll need "
            "additional permissions to perform this action.",
            "contmon: dashboard two: HTTP status 403: You'll need additional "
            "permissions to perform this action.",
            "contmon: alert rule full: HTTP status 400: invalid alert rule: "
            "condition D does not exist, must be one of ['A', 'C']"],
            "and each has its reason")


def others_are_faster():
    """Grafana has a newer version when the push writes."""
    with world() as made:
        made.run()
        made.change("dashboards/one.json", '"CPU"', '"CPU time"')
        made.change("provisioning/dashboards/a.yaml", "Containers", "Boxes")
        made.change("provisioning/alerting/a.yaml", "Containers", "Boxes")
        get_board = made.grafana.get_dashboard
        get_folder = made.grafana.get_folder

        def older(answer, newer):
            answer = copy.deepcopy(answer)
            newer["version"] += 1
            return answer
        made.grafana.get_dashboard = lambda uid: older(
            get_board(uid), made.grafana.dashboards[uid][0])
        made.grafana.get_folder = lambda uid: (
            older(get_folder(uid), made.grafana.folders[uid])
            if made.grafana.seen[-1][0] == "GET" else get_folder(uid))
        status, _, err = made.run()
        TAP.equal((status, err), (
            1, "contmon: folder box: HTTP status 412: the folder has been "
            "changed by someone else\ncontmon: dashboard one: HTTP status 412: "
            "The dashboard has been changed by someone else\n"),
            "what somebody else has just changed is not overwritten")


def wrong_token():
    with world() as made:
        wrong = made.secret("wrong", "glsa_wrong")
        result(made.run(token=wrong), 1, "", "contmon: data source contmon: "
               "HTTP status 401: Invalid API key; what comes after it is not "
               "tried\n", "a wrong token ends it")
        TAP.equal(len(made.grafana.seen), 2, "at once")
        result(made.run(token="/nowhere"), 1, "",
               "contmon: /nowhere: No such file or directory\n",
               "a token that is not there")
        wrong.chmod(0o644)
        result(made.run(token=wrong), 1, "", f"contmon: {wrong}: all users can "
               "read the file\n", "one that everybody can read")


def redirect(to):
    def answer(handler):
        handler.send(302, None, [("Location", to)])
    return answer


def redirects():
    with world() as other, world() as made:
        made.grafana.broken = {"GET /api/health": redirect(
            other.url + "/api/health")}
        result(made.run(), 1, "", f"contmon: {made.url}: HTTP status 302: a "
               f"redirect to {other.url}/api/health, which is not followed\n",
               "a redirect is not followed")
        TAP.equal([headers for request in made.grafana.seen
                   for headers in request[2] if headers == "Authorization"],
                  [], "before Grafana has answered, it gets no token")
        made.grafana.broken = {"GET /api/datasources/uid/contmon": redirect(
            other.url + "/api/datasources/uid/contmon")}
        status, _, err = made.run()
        TAP.check(status == 1 and "which is not followed" in err,
               "later neither", err)
        TAP.equal(other.grafana.seen, [], "the other host is asked nothing")


def says(status, message):
    return lambda handler: handler.send(status, {"message": message})


def hostile_answers():
    """What Grafana says reaches no terminal as it is, and has no secret."""
    with world() as made:
        token = made.secret("contmond", SECRET)
        made.run("--contmond-token-file", token)
        made.grafana.dashboards["one"][0]["\x1b]0;title\x07\nline"] = 1
        made.grafana.dashboards["two"][0][SECRET] = 1
        made.grafana.right_secret = SECRET
        _, out, _ = made.run("--contmond-token-file", token)
        TAP.check("dashboard one: updated: \\x1b]0;title\\x07\\x0aline\n" in out,
               "a key that only Grafana has is escaped", out)
        TAP.check("dashboard two: updated\n" in out, "and shows no secret", out)
    with world() as made:
        made.change("provisioning/datasources/a.yaml", "bearerToken: $CONTMOND_TOKEN",
                    "bearerToken: $CONTMOND_TOKEN\n      other: Basic $OTHER_TOKEN")
        other = {"OTHER_TOKEN": "one-more-" + SECRET}
        post, find = "POST /api/datasources", "GET /api/datasources/name/contmon"
        for what, text in (("Grafana's token", fake_grafana.TOKEN),
                           ("contmond's", SECRET), ("another", "one-more-" + SECRET)):
            made.grafana.broken = {post: says(400, f"{text} is wrong")}
            _, _, err = made.run("--contmond-token-file", made.secret("contmond", SECRET),
                                 env=other)
            TAP.check("data source contmon: HTTP status 400\n" in err,
                   f"{what} in a message is not shown", err)
        made.grafana.broken = {find: lambda handler: handler.send(200, {"uid": SECRET})}
        _, _, err = made.run("--contmond-token-file", made.folder / "contmond", env=other)
        TAP.check("one of the same name has another uid; rename" in err,
               "nor is it as a uid", err)


def endless(handler):
    """What comes behind the body has no end."""
    handler.close_connection = True
    with contextlib.suppress(OSError):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            b"2\r\n{}\r\n0\r\n")
        while True:
            handler.wfile.write(b"X: y\r\n" * 10000)


def endless_answers():
    with world() as made:
        made.grafana.broken = {"GET /api/health": endless}
        result(made.run("--timeout", "1h"), 1, "",
               f"contmon: {made.url}: the answer is too long\n",
               "an answer without an end is ended")


def no_grafana():
    with world() as made:
        made.grafana.version = "11.5.9"
        result(made.run(), 1, "", f"contmon: {made.url}: Grafana is 11.5.9, "
               "but has to be 11.6 or newer\n", "an old Grafana")
        made.grafana.version = None
        result(made.run("--dry-run"), 0,
               CREATED.replace("created", "would be created"), "",
               "one that hides its version")
        made.grafana.broken = {"GET /api/health": lambda handler:
                               handler.send(200, ["hello"])}
        result(made.run(), 1, "", f"contmon: {made.url}: /api/health does not "
               "answer as Grafana does; is the path of the URL right?\n",
               "something else than Grafana")
    with world() as made, socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:%d" % server.getsockname()[1]
        status, out, err = made.run(url=url)
        TAP.check(status == 1 and not out and "connect" in err,
                  "no server at all", (status, err))
        server.listen()
        status, out, err = made.run("--timeout", "1", url=url)
        TAP.check(status == 1 and not out and "timed out" in err,
                  "a server that does not answer", (status, err))


def breaks_off():
    def close(handler):
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
    with world() as made:
        made.grafana.broken = {"GET /api/dashboards/uid/one": close}
        status, out, err = made.run()
        TAP.check(status == 1 and err.startswith("contmon: dashboard one: ")
               and err.endswith("; what comes after it is not tried\n"),
               "when Grafana goes away", err)
        TAP.equal(out, "data source contmon: created\nfolder box: created\n",
                  "what was done before is said")


def tls():
    with tempfile.TemporaryDirectory(prefix="contmon-push-") as folder:
        pem = pathlib.Path(folder) / "grafana.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=grafana", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out",
                        pem.with_suffix(".crt")], check=True,
                       capture_output=True)
        with open(pem, "a", encoding="ascii") as file:
            file.write(pem.with_suffix(".crt").read_text())
        with world(certificate=pem) as made:
            status, out, err = made.run()
            TAP.check(status == 1 and not out and "certificate" in err,
                   "an unknown certificate is refused", (status, err))
            TAP.equal(made.grafana.seen, [], "before anything is asked")
            result(made.run("--ca-file", pem.with_suffix(".crt")), 0, CREATED,
                   "", "a known one is not")


def bad_files():
    with world() as made:
        made.write("dashboards/bad.json", '{"uid": "bad", ')
        made.write("dashboards/three.json", '{"uid": "one", "title": "Again"}')
        made.write("provisioning/alerting/b.yaml", "groups: [}\n")
        made.write("provisioning/datasources/b.yaml", "datasources:\n"
                   "  - {uid: p, name: p, type: prometheus, url: $NOT_SET}\n")
        made.change("provisioning/alerting/a.yaml", "isPaused: true",
                    "record: {}")
        status, out, err = made.run(
            "--contmond-token-file", made.secret("contmond", SECRET))
        TAP.equal((status, out), (
            1, CREATED.replace("alert rule gone: created\n", "")),
            "a bad file costs only itself")
        TAP.equal([line.replace(str(made.set), "")
                   for line in err.splitlines()], [
            "contmon: file /provisioning/datasources/b.yaml: $NOT_SET: the "
            "variable is not set",
            "contmon: file /dashboards/bad.json: line 1: string or '}' "
            "expected near end of file",
            "contmon: file /dashboards/three.json: dashboard one: the uid "
            "stands twice",
            "contmon: file /provisioning/alerting/a.yaml: alert rule gone: "
            "record: not supported here",
            "contmon: file /provisioning/alerting/b.yaml: line 1: did not find "
            "expected node content"], "and says why")
        result(made.run(folder="/nowhere"), 1, "", "contmon: /nowhere: No such "
               "file or directory; name a folder: --folder DIR\n",
               "a folder that is not there")


def json_output():
    with world() as made:
        made.grafana.denied = {"POST /api/folders"}
        status, out, err = made.run("--json", "--dry-run")
        answer = json.loads(out)
        TAP.equal(answer["meta"], {"url": made.url, "version": "13.2.2",
                                   "dry_run": True}, "JSON: what was asked")
        status, out, err = made.run("--json")
        rows = json.loads(out)["rows"]
        TAP.equal((status, rows[:2]), (1, [
            {"what": "data source", "uid": "contmon", "result": "created",
             "difference": None, "reason": None},
            {"what": "folder", "uid": "box", "result": "failed",
             "difference": None, "reason": "HTTP status 403: You'll need "
             "additional permissions to perform this action."}]),
            "JSON: a row for each")
        TAP.equal([row["reason"] for row in rows[2:4]],
                  ["HTTP status 400: folder not found"] * 2,
                  "what needs the folder fails, too")
        TAP.check("folder box: HTTP status 403" in err,
               "failures are on standard error as well", err)


def usage():
    with world() as made:
        for url in ("ftp://x", "http://me:secret@x", "http://x/?a=b", ":",
                    "http:///x"):
            status, _, err = made.run(url=url)
            TAP.check(status == 2 and err.startswith("contmon: " + url),
                   f"no URL of a Grafana: {url}", (status, err))
        for words in (("--contmond", "box:9477"), ("--contmond", "http:///x"),
                      ("--contmond", "http://me:secret@x"),
                      ("--contmond", "http://x/?a=b"), ("--timeout", "never"),
                      ("--timeout", "2h"), ("one",)):
            TAP.equal(made.run(*words)[0], 2, "wrong: " + " ".join(words))


def installed_set():
    """What is in the repository, on a Grafana that knows its rules"""
    with world() as made:
        secret = made.secret("contmond", SECRET)
        for words in ((), ("--contmond-token-file", secret),
                      ("--prometheus",)):
            vars(made.grafana).update(vars(fake_grafana.Grafana()))
            made.grafana.right_secret = SECRET
            status, out, err = made.run(*words, folder=GRAFANA)
            TAP.check(status == 0 and not err and "dashboard contmon" in out,
                      "the dashboards of this repository can be pushed",
                      out + err)
            status, again, err = made.run(*words, folder=GRAFANA)
            TAP.equal((status, again, err),
                      (0, out.replace("created", "unchanged"), ""),
                      "and are the same the second time")


def where_it_is_installed():
    with world() as made:
        prefix = made.folder / "prefix"
        (prefix / "bin").mkdir(parents=True)
        shutil.copy(CONTMON, prefix / "bin")
        os.symlink(BUILD / "lib", prefix / "lib")
        command = [prefix / "bin/contmon", "grafana", "push", "--token-file",
                   made.token, made.url]
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        folder = prefix / "bin/../share/contmon/grafana"
        TAP.equal((done.returncode, done.stderr), (
            1, f"contmon: {folder}: No such file or directory; name a folder: "
            "--folder DIR\n"), "without --folder, the installed one is missed")
        shutil.copytree(made.set, prefix / "share/contmon/grafana")
        done = subprocess.run(command, capture_output=True, text=True,
                              check=False)
        TAP.equal((done.returncode, done.stdout), (0, CREATED),
                  "or found beside the program")


def for_prometheus():
    with world() as made:
        for name in ("dashboards", "provisioning"):
            shutil.copytree(made.set / name, made.set / (name + "-prometheus"))
        made.change("dashboards-prometheus/two.json", '"two"', '"prom"')
        want = CREATED.replace("dashboard two", "dashboard prom")
        result(made.run("--prometheus"), 0,
               want.replace("data source contmon: created\n", ""), "",
               "what is for Prometheus is in folders of its own, and has no "
               "data source")


def no_libcurl():
    """Its functions come from a file that is looked for when they are needed."""
    ldd = subprocess.run(["ldd", CONTMON], capture_output=True, text=True,
                         check=True).stdout
    TAP.check("libcurl" not in ldd, "contmon starts without libcurl", ldd)


def run():
    TAP.check(shutil.which("openssl"), "openssl is installed")
    for test in (creates_and_repeats, with_a_token, updates, people_in_grafana,
                 files_of_grafana, other_names, refusals, others_are_faster,
                 wrong_token, redirects, hostile_answers, endless_answers,
                 no_grafana, breaks_off, tls, bad_files, json_output,
                 usage, installed_set, where_it_is_installed, for_prometheus,
                 no_libcurl):
        try:
            test()
        except Exception:  # pylint: disable=broad-except
            TAP.check(False, test.__name__ + " ran to its end",
                      traceback.format_exc())


run()
sys.exit(TAP.end())
