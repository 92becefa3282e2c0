import assert from "node:assert/strict";
import { test } from "node:test";

import { Requests } from "../../lenet/ui/scripts/requests.js";

/** Requests on a clock that is turned by hand, answered by hand. */
function setUp() {
  const state = { live: true, now: 0, sent: [], answers: [], failures: [], timers: new Map() };
  let name = 0;
  const clock = {
    now: () => state.now,
    start: (act, wait) => {
      state.timers.set((name += 1), { act, due: state.now + wait });
      return name;
    },
    stop: (timer) => state.timers.delete(timer),
  };
  state.wait = (milliseconds) => {
    state.now += milliseconds;
    for (const [timer, { act, due }] of [...state.timers]) {
      if (due > state.now) continue;
      state.timers.delete(timer);
      act();
    }
  };
  state.reply = async (number, answer) => {
    state.sent[number](answer);
    await new Promise((resolve) => setImmediate(resolve));
  };
  state.requests = new Requests({
    send: () => new Promise((resolve) => state.sent.push(resolve)),
    isLive: () => state.live,
    onAnswer: (answer, roundTrip) => state.answers.push([answer.text, roundTrip]),
    onFailure: (answer) => state.failures.push(answer?.error),
  }, clock);
  return state;
}

test("while the pen moves one request is under way, and the newest drawing is sent next", async () => {
  const state = setUp();
  state.requests.changed();
  state.wait(0);
  assert.equal(state.sent.length, 1);
  for (let i = 0; i < 10; i += 1) {
    state.requests.changed();
    state.wait(100);
  }
  assert.equal(state.sent.length, 1);
  await state.reply(0, { text: "1" });
  state.wait(0);
  assert.equal(state.sent.length, 2);
  assert.deepEqual(state.answers, [["1", 1000]]);
});

test("requests are at least 80 ms apart while the pen moves", async () => {
  const state = setUp();
  state.requests.changed();
  state.wait(0);
  await state.reply(0, { text: "1" });
  state.requests.changed();
  state.wait(79);
  assert.equal(state.sent.length, 1);
  state.wait(1);
  assert.equal(state.sent.length, 2);
});

test("a lifted pen sends at once, beside a request under way, and only what has changed", () => {
  const state = setUp();
  state.requests.changed();
  state.wait(0);
  state.requests.changed();
  state.live = false;
  state.requests.send();
  state.requests.send();
  assert.equal(state.sent.length, 2);
});

test("nothing is sent by itself while the pen rests", () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.wait(10_000);
  assert.equal(state.sent.length, 0);
});

test("an overtaken answer is ignored", async () => {
  const state = setUp();
  state.live = false;
  for (let i = 0; i < 2; i += 1) {
    state.requests.changed();
    state.requests.send();
  }
  await state.reply(1, { text: "new" });
  await state.reply(0, { text: "old" });
  assert.deepEqual(state.answers, [["new", 0]]);
});

test("answers to what was replaced are ignored", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  state.requests.changed();
  state.requests.forget();
  await state.reply(0, { text: "old" });
  assert.deepEqual(state.answers, []);
  state.requests.send();
  await state.reply(1, { text: "new" });
  assert.deepEqual(state.answers, [["new", 0]]);
});

test("an empty pad is not sent, and late answers do not fill it", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  state.requests.changed();
  state.requests.settle();
  state.requests.send();
  assert.equal(state.sent.length, 1);
  await state.reply(0, { text: "old" });
  assert.deepEqual(state.answers, []);
});

test("after a failure the same drawing can be sent again, and live requests wait a second", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  await state.reply(0, undefined);
  assert.deepEqual(state.failures, [undefined]);
  state.requests.send();
  assert.equal(state.sent.length, 2);
  await state.reply(1, { error: "wanted strokes" });
  assert.deepEqual(state.failures, [undefined, "wanted strokes"]);
  state.live = true;
  state.requests.changed();
  state.wait(79);
  assert.equal(state.sent.length, 2);
  state.requests.send();
  await state.reply(2, undefined);
  state.requests.changed();
  state.wait(999);
  assert.equal(state.sent.length, 3);
  state.wait(1);
  assert.equal(state.sent.length, 4);
});

test("without an answer the drawing is sent again, less and less often, until there is one", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  for (const [number, pause] of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
    await state.reply(number, undefined);
    state.wait(pause - 1);
    assert.equal(state.sent.length, number + 1);
    state.wait(1);
    assert.equal(state.sent.length, number + 2);
  }
  assert.equal(state.requests.isWaiting, true);
  await state.reply(7, { text: "1" });
  assert.equal(state.requests.isWaiting, false);
  state.wait(60_000);
  state.requests.retry();
  assert.equal(state.sent.length, 8);
});

test("a retry is sent at once, and the pauses begin anew", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  await state.reply(0, undefined);
  state.wait(1000);
  await state.reply(1, undefined);
  state.requests.retry();
  assert.equal(state.sent.length, 3);
  await state.reply(2, undefined);
  state.wait(1000);
  assert.equal(state.sent.length, 4);
});

test("an empty pad is not sent again", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  await state.reply(0, undefined);
  state.requests.changed();
  state.requests.settle();
  state.wait(60_000);
  state.requests.retry();
  assert.equal(state.sent.length, 1);
});

test("what the server says of the drawing is not asked again", async () => {
  const state = setUp();
  state.live = false;
  state.requests.changed();
  state.requests.send();
  await state.reply(0, { error: "too many strokes" });
  state.wait(60_000);
  assert.equal(state.sent.length, 1);
});

test("the failure of an overtaken request is not told", async () => {
  const state = setUp();
  state.live = false;
  for (let i = 0; i < 2; i += 1) {
    state.requests.changed();
    state.requests.send();
  }
  await state.reply(0, undefined);
  assert.deepEqual(state.failures, []);
});
