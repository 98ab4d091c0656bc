# SPDX-License-Identifier: GPL-2.0-only
"""A headless Chromium, controlled over its DevTools pipe: file descriptors 3
and 4, with JSON messages that are terminated by NUL."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--remote-debugging-pipe", "about:blank"]


PATIENCE = 300  # seconds after which a wait is given up: it hangs


class Failed(Exception):
    pass


class Chromium:
    """with Chromium() as page: page.open(url); page.run("document.title")"""

    def __enter__(self):
        binary = shutil.which("chromium") or shutil.which("chromium-browser")
        if not binary:
            raise Failed("chromium is not installed")
        self.profile = tempfile.mkdtemp(prefix="contmon-page-")
        to_child, self.out = os.pipe()
        self.inp, from_child = os.pipe()

        def wire():
            # Move them above 4 first: one of the ends may be 3 or 4 already.
            ends = [os.dup(fd) for fd in (to_child, from_child, 2, 2, 2)][:2]
            high = [os.dup2(fd, 20 + i) for i, fd in enumerate(ends)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [binary, "--user-data-dir=" + self.profile] + FLAGS,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=wire, close_fds=False,
            start_new_session=True)
        os.close(to_child)
        os.close(from_child)
        self.buffer = b""
        self.events = []
        self.hooks = {}    # event -> what to do with its parameters
        self.replies = {}  # number of a call -> what to do with its result
        self.last = 0
        self.session = None
        try:
            self.attach()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.out)
        os.close(self.inp)
        shutil.rmtree(self.profile, ignore_errors=True)

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")

    def read(self, timeout):
        """The next message, or None."""
        end = time.monotonic() + timeout
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                return None
            data = os.read(self.inp, 1 << 20)
            if not data:
                raise Failed("chromium ended")
            self.buffer += data
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def send(self, method, params, then=None):
        """Does not wait; `then` gets the result. Hooks must use this."""
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        if then:
            self.replies[self.last] = then
        os.write(self.out, json.dumps(message).encode() + b"\0")
        return self.last

    def take(self, message):
        if "method" not in message:
            then = self.replies.pop(message["id"], None)
            if then and "result" in message:
                then(message["result"])
            return
        self.events.append(message)
        if message["method"] in self.hooks:
            self.hooks[message["method"]](message["params"])

    def call(self, method, **params):
        number = self.send(method, params)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            message = self.read(end - time.monotonic())
            if message is None:
                break
            if message.get("id") == number:
                if "error" in message:
                    raise Failed("%s: %s" % (method, message["error"]))
                return message["result"]
            self.take(message)
        raise Failed("%s: no answer in %d s" % (method, PATIENCE))

    def wait(self, seconds):
        """Lets the page run for a while, and handles its events."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            message = self.read(left)
            if message:
                self.take(message)

    def open(self, url):
        self.call("Page.navigate", url=url)

    def run(self, script):
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=script,
                           returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Failed("%s: %s" % (script[:80], json.dumps(
                answer["exceptionDetails"])[:400]))
        return answer["result"].get("value")

    def until(self, script, seconds=PATIENCE):
        """Waits for an expression to become true; returns its last value."""
        end = time.monotonic() + seconds
        while True:
            value = self.run(script)
            if value or time.monotonic() > end:
                return value
            self.wait(0.2)

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}])

    def screenshot(self, path, whole=True):
        """Of the whole page, or of what is on the screen"""
        answer = self.call("Page.captureScreenshot", format="png",
                           captureBeyondViewport=whole)
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))

    def complaints(self):
        """Errors in the browser's console."""
        found = []
        for event in self.events:
            params = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                found.append("exception: %s" % details.get(
                    "exception", details).get("description", details))
            elif event["method"] == "Log.entryAdded" and \
                    params["entry"]["level"] in ("error", "warning"):
                found.append("%s %s" % (params["entry"]["text"],
                                        params["entry"].get("url", "")))
            elif event["method"] == "Runtime.consoleAPICalled" and \
                    params["type"] in ("error", "assert", "warning"):
                found.append("console.%s %s" % (params["type"],
                                                params["args"]))
        return found
