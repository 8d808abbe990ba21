"""A real Chromium, driven over its DevTools pipe (descriptors 3 and 4, one JSON text and a NUL a
message), and the bot that it visits. Only the standard library."""
import base64
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WAIT_S = 20


class Browser:
    """One headless Chromium with an empty profile."""

    FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en-GB",
             "--remote-debugging-pipe"]

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="clinicbot-page-")
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        command = ["sh", "-c", f'exec "$0" "$@" 3<&{to_read} 4>&{from_write}',
                   shutil.which("chromium"), *self.FLAGS, f"--user-data-dir={self.profile}",
                   "about:blank"]
        self.process = subprocess.Popen(command, pass_fds=(to_read, from_write),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.out, self.inp = to_write, from_read
        self.rest = b""
        self.last_id = 0
        self.answers = {}
        self.events = []

    def read(self, until):
        """Takes in what comes until then at the latest; false when time is up."""
        ready, _, _ = select.select([self.inp], [], [], max(0, until - time.monotonic()))
        if not ready:
            return False
        part = os.read(self.inp, 1 << 20)
        if not part:
            raise RuntimeError("chromium ended")
        *whole, self.rest = (self.rest + part).split(b"\0")
        for text in whole:
            message = json.loads(text)
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.events.append(message)
        return True

    def call(self, method, session=None, **params):
        self.last_id += 1
        name = self.last_id
        message = {"id": name, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + WAIT_S
        while name not in self.answers:
            if not self.read(until):
                raise RuntimeError(f"no answer to {method}")
        answer = self.answers.pop(name)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(WAIT_S)
        except (RuntimeError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


class Tab:
    """One page in a browser."""

    def __init__(self, browser):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def run(self, script):
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, script, seconds=WAIT_S):
        """Until the expression is true; false when time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.run(script):
                return True
            self.browser.read(min(until, time.monotonic() + 0.05))
        return False

    def visit(self, url):
        self.call("Page.navigate", url=url)
        return self.wait("document.readyState === 'complete' && "
                         "document.body.dataset.link === 'connected'")

    def key(self, key, shift=False, text=None):
        codes = {"Enter": 13, "Tab": 9, " ": 32, "Escape": 27}
        params = {"key": key, "code": "Space" if key == " " else key,
                  "windowsVirtualKeyCode": codes[key], "modifiers": 8 if shift else 0}
        text = {"Enter": "\r", " ": " "}.get(key) if text is None else text
        if text:
            params["text"] = text
        self.call("Input.dispatchKeyEvent", type="keyDown", **params)
        params.pop("text", None)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def window(self, width, height, scale=1, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=mobile)

    def media(self, scheme="light", motion="no-preference"):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}])

    def picture(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot",
                                                  format="png")["data"]))

    def events(self, method):
        return [event["params"] for event in self.browser.events
                if event["method"] == method and event.get("sessionId") == self.session]

    def complaints(self):
        """What the browser's console holds of warnings, errors and uncaught exceptions."""
        found = [entry["entry"]["text"] + " " + entry["entry"].get("url", "")
                 for entry in self.events("Log.entryAdded")
                 if entry["entry"]["level"] in ("warning", "error")]
        found += [str(call["args"]) for call in self.events("Runtime.consoleAPICalled")]
        found += [thrown["exceptionDetails"]["text"]
                  for thrown in self.events("Runtime.exceptionThrown")]
        return found

    def addresses(self):
        """Everything that the page asked the network for."""
        asked = [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]
        return asked + [event["url"] for event in self.events("Network.webSocketCreated")]


class Server:
    """The bot serving the preview. CLINICBOT names another binary than the one of `make SAN=1`.
    A `folder` handed over from an earlier one holds its state."""

    def __init__(self, listen="127.0.0.1:0", folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="clinicbot-page-")
        conf = os.path.join(self.folder, "clinicbot.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(f'intents = "{TOP}/intents"\n'
                       'clinic {\n name = "Harbour Hair Clinic"\n phone = "+44 20 7946 0123"\n'
                       ' emergency = "112"\n crisis_line = "116 123"\n staff = "the front desk"\n}\n'
                       f'preview {{ listen = "{listen}" }}\n')
        binary = os.environ.get("CLINICBOT", os.path.join(TOP, "build/san/clinicbot"))
        self.process = subprocess.Popen([binary, "run", "-c", conf], cwd=self.folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        self.said = b""
        self.url = self.find_url()

    def find_url(self):
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            ready, _, _ = select.select([self.process.stderr], [], [], 0.2)
            part = os.read(self.process.stderr.fileno(), 65536) if ready else b""
            self.said += part
            found = re.search(rb"info preview: listening on (http://\S+/)", self.said)
            if found:
                return found.group(1).decode()
            if ready and not part:
                break
        self.stop()
        raise RuntimeError("the server did not start: " + self.said.decode(errors="replace"))

    def stop(self, keep=False):
        """Ends it and gives its exit status; `keep` leaves the folder for the next one."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.said += self.process.communicate(timeout=WAIT_S)[1] or b""
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.process.returncode
