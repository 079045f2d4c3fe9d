#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares two logs of DirectStorage's events, one by one, whoever wrote them: `--etw` of ringer, or a trace session.

A trace session on Windows is read when its events were dumped as JSON. What may differ is left out: handles, times,
numbers of threads, folders, and in which order requests complete. What may not, even if both logs have it, is a
difference, too: a notification that overtakes what was enqueued before it.
"""
import argparse
import collections
import itertools
import json
import re
import sys

PROVIDER = "fb58bdf6-5e40-48e5-aff5-4fc9ab7a9abe"
NAMES = {0: "OpenFile", 1: "CloseFile", 2: "CreateQueue", 3: "CloseQueue", 4: "EnqueueRequest", 6: "RequestCompleted",
         8: "EnqueueStatus", 9: "StatusCompleted", 10: "EnqueueSignal", 11: "SignalCompleted", 12: "Submit",
         22: "EnqueueSetEvent", 23: "SetEventCompleted"}
IDS = {name.lower(): number for number, name in NAMES.items()}
NOTIFIES = {8: 9, 10: 11, 22: 23}
# What a dump calls the parts of an event's header, in small letters.
ID, TIME, THREAD = ("id", "eventid", "event_id"), ("time", "timestamp"), ("thread", "threadid", "thread_id", "tid")
PROCESS, DATA = ("process", "processid", "process_id", "pid"), ("data", "eventdata", "payload", "properties")
NAME, GUID = ("name", "eventname", "event"), ("provider", "providerid", "provider_guid", "providerguid")
MOST_SHOWN, MOST_ALIKE = 50, 3
# What the words of each event are, as they are compared; None: the word says so itself.
FIELDS = {"EnqueueRequest": ("SourceSize", "UncompressedSize", "CompressionFormat", "SourceType", "DestinationType",
                             "file", "Offset", "Name"),
          "EnqueueStatus": (None, "Index"), "StatusCompleted": (None, "Index", "Result"),
          "EnqueueSignal": (None, "Value"), "SignalCompleted": (None, "Value")}


class Bad(Exception):
    """A file that is no log."""


def number(value):
    if isinstance(value, bool) or value is None:
        return int(bool(value))
    if isinstance(value, str):
        value = value.strip().lower()
        return {"true": 1, "false": 0, "": 0}[value] if value in ("true", "false", "") else int(value, 0)
    return int(value)


def first(words, keys, default=None):
    return next((words[key] for key in keys if key in words), default)


class Event:
    def __init__(self, words, place):
        lower = {key.lower(): value for key, value in words.items()}
        header = {**{k.lower(): v for k, v in (lower.get("system") or lower.get("header") or {}).items()}, **lower}
        data = first(lower, DATA)
        self.fields = {k.lower(): v for k, v in (data if isinstance(data, dict) else words).items()}
        identity = first(header, ID)
        if identity is None:
            identity = IDS.get(str(first(header, NAME, "")).lower())
        try:
            self.id = number(identity) if identity is not None else -1
            self.thread, self.process = number(first(header, THREAD, 0)), number(first(header, PROCESS, 0))
        except ValueError as error:
            raise Bad(f"{place}: {error}") from None
        self.time, self.place = first(header, TIME, 0), place
        self.foreign = PROVIDER not in str(first(header, GUID, PROVIDER)).lower()

    def __getitem__(self, name):
        try:
            return number(self.fields[name.lower()])
        except (KeyError, ValueError, TypeError):
            raise Bad(f"{self.place}: {NAMES[self.id]} has no number {name}") from None

    def text(self, name):
        return str(self.fields.get(name.lower()) or "")


def records(path):
    """(object, place) of a file of JSON Lines, or of one list."""
    with open(path, encoding="utf-8-sig") as file:
        text = file.read()
    try:
        whole = json.loads(text)
        if isinstance(whole, dict) and isinstance(whole.get("events"), list):
            whole = whole["events"]
        if isinstance(whole, list):
            return [(words, f"{path}: event {i}") for i, words in enumerate(whole, 1)]
    except json.JSONDecodeError:
        pass
    found = []
    for i, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append((json.loads(line), f"{path}:{i}"))
            except json.JSONDecodeError as error:
                raise Bad(f"{path}:{i}: {error}") from None
    return found


def load(path, process):
    """The events of one process, by time."""
    events = []
    for words, place in records(path):
        if not isinstance(words, dict):
            raise Bad(f"{place}: no event")
        if "etw" in words:
            continue  # the header of a log
        event = Event(words, place)
        if event.id in NAMES and not event.foreign:
            events.append(event)
    counts = collections.Counter(event.process for event in events)
    if process is None and len(counts) > 1:
        process = counts.most_common(1)[0][0]
        print(f"ringer trace: {path} has {len(counts)} processes, {process} with most events is taken", file=sys.stderr)
    events = [event for event in events if process is None or event.process == process]
    if not events:
        raise Bad(f"{path}: no event of DirectStorage" + (f" of process {process}" if process is not None else ""))
    if all(isinstance(event.time, (int, float)) for event in events):
        events.sort(key=lambda event: event.time)
    return events


class Queue:
    """What a log says of one queue; handles are numbers in the order in which the queue met them."""

    def __init__(self, made):
        self.made, self.calls, self.threads = made, [], set()
        self.requests, self.results = {}, {}  # live handle -> index; index -> result
        self.order, self.done = [], []  # of notifications: [kind, key, completed, requests before it]; what completed
        self.known = collections.defaultdict(dict)
        self.asked = []  # of each request: its call
        self.submitted = self.running = 0  # requests that were; the first that has not completed
        self.head = self.latest = 0        # of order: the first that has not completed; the last that has
        self.broken = []

    def alias(self, kind, handle):
        return f"{kind} {self.known[kind].setdefault(handle, len(self.known[kind]) + 1)}" if handle else f"no {kind}"

    def title(self):
        source, capacity, priority, device, name = self.made
        return (f"{'memory' if source else 'file'} queue of {capacity}, priority {priority}"
                + (", of a device" if device else "") + (f", {name!r}" if name else ""))

    def key(self, event):
        if event.id in (8, 9):
            return self.alias("status array", event["StatusArray"]), event["Index"]
        if event.id in (10, 11):
            return self.alias("fence", event["Fence"]), event["Value"]
        return (self.alias("event", event["Handle"]),)

    def call(self, event, words):
        self.calls.append((NAMES[event.id], *words))
        self.threads.add(event.thread)

    def enqueue(self, event, file):
        if event.id == 4:
            words = [event["SourceSize"], event["UncompressedSize"], event["CompressionFormat"], event["SourceType"],
                     event["DestinationType"], file, event["Offset"], event.text("Name")]
            self.requests[event["Request"]] = len(self.asked)
            self.call(event, words)
            self.asked.append(self.calls[-1])
        else:
            self.order.append([NOTIFIES[event.id], self.key(event), False, len(self.asked)])
            self.call(event, self.key(event))

    def complete(self, event):
        if event.id == 6:
            index = self.requests.pop(event["Request"], None)
            if index is None:
                self.broken.append(f"{event.place}: a request completes that was not enqueued, or has completed")
                return
            if index >= self.submitted:
                self.broken.append(f"{event.place}: request {index + 1} completes before a submit")
            self.results[index] = event["Result"] & 0xffffffff
            return
        key = self.key(event)
        at = next((i for i in range(self.head, len(self.order))
                   if not self.order[i][2] and self.order[i][:2] == [event.id, key]), None)
        if at is None:
            self.broken.append(f"{event.place}: {NAMES[event.id]} of what was not enqueued, or has completed")
            return
        entry = self.order[at]
        entry[2] = True
        while self.running in self.results:
            self.running += 1
        if self.running < entry[3]:
            self.broken.append(f"{event.place}: {NAMES[event.id]} overtakes request {self.running + 1}")
        if at < self.latest:
            self.broken.append(f"{event.place}: {NAMES[event.id]} after one that was enqueued later")
        self.latest = max(self.latest, at)
        while self.head < len(self.order) and self.order[self.head][2]:
            self.head += 1
        result = (event["Result"] & 0xffffffff,) if event.id == 9 else ()
        self.done.append((NAMES[event.id], *key, *result))


class Log:
    def __init__(self, path, process):
        self.path, self.files, self.queues = path, [], []
        self.opened, self.open_queues = {}, {}
        for event in load(path, process):
            self.take(event)

    def queue_of(self, event):
        queue = self.open_queues.get(event["Queue"])
        if not queue:  # made before the session began
            queue = self.open_queues[event["Queue"]] = Queue((0, "unknown size", 0, 0, ""))
            self.queues.append(queue)
        return queue

    def file_of(self, handle):
        return self.opened.get(handle, "a file from before") if handle else "no file"

    def take(self, event):
        if event.id == 0:
            self.opened[event["File"]] = re.split(r"[\\/]", event.text("Path"))[-1].lower()
            self.files.append(("OpenFile", self.opened[event["File"]]))
        elif event.id == 1:
            self.files.append(("CloseFile", self.file_of(event["File"])))
        elif event.id == 2:
            queue = Queue((event["SourceType"], event["Capacity"], event["Priority"], int(event["Device"] != 0),
                           event.text("Name")))
            self.open_queues[event["Queue"]] = queue
            self.queues.append(queue)
        elif event.id == 3:
            queue = self.queue_of(event)
            queue.call(event, ())
        elif event.id == 12:
            queue = self.queue_of(event)
            queue.submitted = len(queue.asked)
            queue.call(event, ["automatic" if event["IsAutoSubmit"] else "called"])
        elif event.id in (4, 8, 10, 22):
            self.queue_of(event).enqueue(event, self.file_of(event["File"]) if event.id == 4 else None)
        else:
            self.queue_of(event).complete(event)


class Difference(str):
    """What is said of it; like: the same for those that differ in the same way."""

    def __new__(cls, text, like=None):
        made = super().__new__(cls, text)
        made.like = like or text
        return made


def word_of(name, value):
    value = hex(value) if name == "Result" and isinstance(value, int) else repr(value) if name == "Name" else value
    return f"{name} {value}" if name else str(value)


def fields_of(item, kind=None):
    names = FIELDS.get(kind or item[0], ())
    return itertools.zip_longest(names, item if kind else item[1:])


def words_of(item):
    return "nothing" if item is None else ", ".join([str(item[0])] + [word_of(*field) for field in fields_of(item)])


def differ_in_order(where, a, b, what="event"):
    for i, (x, y) in enumerate(itertools.zip_longest(a, b), 1):
        if x == y:
            continue
        if x and y and x[0] == y[0] and len(x) == len(y):  # one and the same but for some fields
            fields = [(f[0], word_of(*f), g[1] if g[0] is None else word_of(*g).removeprefix(f"{g[0]} "))
                      for f, g in zip(fields_of(x), fields_of(y)) if f != g]
            names = ", ".join(name or "which" for name, _, _ in fields)
            yield Difference(f"{where}, {what} {i}: {x[0]}: " + ", ".join(f"{p} | {q}" for _, p, q in fields),
                             f"{where}: {x[0]}: {names}")
        else:
            yield Difference(f"{where}, {what} {i}: {words_of(x)} | {words_of(y)}",
                             f"{where}: {x[0] if x else 'nothing'} | {y[0] if y else 'nothing'}")


def differ_in_count(where, a, b, words=words_of):
    a, b = collections.Counter(a), collections.Counter(b)
    for item in sorted(set(a) | set(b), key=str):
        if a[item] != b[item]:
            yield Difference(f"{where}: {words(item)}: {a[item]} | {b[item]} times",
                             f"{where}: how often")


def request_words(item):
    *fields, result = item
    return ", ".join([word_of(*field) for field in fields_of(fields, "EnqueueRequest")] + [f"Result {result}"])


def compare_queues(where, a, b):
    if a.made != b.made:
        yield f"{where}: {a.title()} | {b.title()}"
    if len(a.threads) < 2 and len(b.threads) < 2:
        yield from differ_in_order(where, a.calls, b.calls)
        yield from differ_in_order(where + ", notifications", a.done, b.done)
        results = [[("Result", hex(q.results[i]) if i in q.results else "never") for i in range(len(q.asked))] for q in (a, b)]
        yield from differ_in_order(where + ", results of requests", *results, what="request")
    else:  # whose call came first was luck, and what it then was the first of
        yield from differ_in_count(where, *([call for call in q.calls if call != ("Submit", "automatic")] for q in (a, b)))
        yield from differ_in_count(where + ", notifications", a.done, b.done)
        results = [[(*q.asked[i][1:], hex(hr)) for i, hr in q.results.items()] for q in (a, b)]
        yield from differ_in_count(where + ", results of requests", *results, words=request_words)


def compare(a, b):
    for log in (a, b):
        for queue in log.queues:
            yield from (f"{log.path}: not legal: {words}" for words in queue.broken)
    yield from differ_in_count("files", a.files, b.files)
    if len(a.queues) != len(b.queues):
        yield f"{len(a.queues)} | {len(b.queues)} queues"
    for i, (x, y) in enumerate(zip(a.queues, b.queues), 1):
        yield from compare_queues(f"queue {i}", x, y)


def show(found):
    alike = collections.Counter()
    shown = []
    for difference in found:
        like = getattr(difference, "like", difference)
        alike[like] += 1
        if alike[like] <= MOST_ALIKE:
            shown.append(difference)
    for line in shown[:MOST_SHOWN]:
        print(line)
    for like, count in itertools.islice(((k, n) for k, n in alike.items() if n > MOST_ALIKE), MOST_SHOWN):
        print(f"and {count - MOST_ALIKE} more like these: {like}")
    if len(shown) > MOST_SHOWN:
        print(f"and {len(shown) - MOST_SHOWN} more of other kinds")


def main():
    parser = argparse.ArgumentParser(prog="ringer trace --etw-compare", description=__doc__.splitlines()[0])
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--process-a", type=int, help="of the first log")
    parser.add_argument("--process-b", type=int, help="of the second")
    words = parser.parse_args()
    try:
        logs = [Log(words.a, words.process_a), Log(words.b, words.process_b)]
        found = list(compare(*logs))
    except OSError as error:
        print(f"ringer trace: {error.filename} cannot be read: {error.strerror}", file=sys.stderr)
        return 2
    except (Bad, UnicodeDecodeError) as error:
        print(f"ringer trace: {error}", file=sys.stderr)
        return 2
    if words.json:
        json.dump({"same": not found, "differences": found}, sys.stdout, indent=1)
        print()
        return int(bool(found))
    show(found)
    print(f"{len(found)} differences, {len(logs[0].queues)} queues" if found else
          f"the same, {len(logs[0].queues)} queues, {sum(len(q.asked) for q in logs[0].queues)} requests")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
