import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf } from "../../lenet/ui/scripts/csv.js";
import { PhotoAlbum } from "../../lenet/ui/scripts/photo_album.js";
import { PhotoQueue } from "../../lenet/ui/scripts/photo_queue.js";
import { inTime } from "../../lenet/ui/scripts/timeout.js";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const job = (key) => ({ name: key, key, read: async () => undefined });
const photo = (key, error = "") => ({ name: key, key, text: "7", status: "ok", error, answer: {} });

/** A queue whose photos are read by hand. */
function setUp() {
  const state = { reading: [], read: [], progress: [] };
  const queue = new PhotoQueue({
    read: ({ key }, stopped) => Promise.race([
      new Promise((resolve) => state.reading.push({ key, finish: () => resolve(photo(key)) })),
      stopped.then(() => photo(key, "stopped")),
    ]),
    onPhoto: ({ key }) => state.read.push(key),
    onProgress: () => state.progress.push(queue.isReading ? `${queue.read}/${queue.total}` : "-"),
  });
  return { queue, ...state };
}

test("photos are read one at a time, in order, and the progress is told", async () => {
  const { queue, reading, read, progress } = setUp();
  queue.add([job("a"), job("b")]);
  await settled();
  assert.deepEqual(reading.map(({ key }) => key), ["a"]);
  assert.equal(queue.has("b"), true);
  reading[0].finish();
  await settled();
  assert.deepEqual(reading.map(({ key }) => key), ["a", "b"]);
  queue.add([job("c")]);
  for (const number of [1, 2]) {
    reading[number].finish();
    await settled();
  }
  assert.deepEqual(read, ["a", "b", "c"]);
  assert.deepEqual(progress, ["0/2", "1/2", "2/3", "-"]);
  assert.equal(queue.total, 0);
});

test("cancelled photos do not come back, and later ones are read", async () => {
  const { queue, reading, read } = setUp();
  queue.add([job("a"), job("b")]);
  await settled();
  queue.cancel();
  queue.add([job("c")]);
  reading[0].finish();
  await settled();
  assert.deepEqual(reading.map(({ key }) => key), ["a", "c"]);
  reading[1].finish();
  await settled();
  assert.deepEqual(read, ["c"]);
  assert.equal(queue.isReading, false);
});

test("the progress of a single photo is told only if it takes long", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { queue, reading, progress } = setUp();
  queue.add([job("a")]);
  assert.deepEqual(progress, []);
  context.mock.timers.tick(400);
  assert.deepEqual(progress, ["0/1"]);
  reading[0].finish();
  await settled();
  assert.deepEqual(progress, ["0/1", "-"]);
});

test("the newest photo is shown until the visitor picks one", () => {
  const album = new PhotoAlbum();
  album.keep(photo("a"));
  album.keep(photo("b"));
  assert.equal(album.current.key, "b");
  [album.shown, album.hasChosen] = [0, true];
  album.keep(photo("c"));
  assert.equal(album.current.key, "a");
  album.clear();
  assert.equal(album.current, undefined);
});

test("a failed photo is read again and takes its old place", () => {
  const album = new PhotoAlbum();
  album.keep(photo("a", "no connection"));
  album.keep(photo("b"));
  assert.deepEqual([album.has("a"), album.has("b")], [false, true]);
  album.keep(photo("a"));
  assert.deepEqual(album.photos.map(({ key }) => key), ["a", "b"]);
  assert.equal(album.has("a"), true);
});

test("a call that takes too long, fails or is not wanted any more is given up", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const never = () => new Promise(() => {});
  const late = inTime(never, 1000, "late");
  context.mock.timers.tick(1000);
  assert.equal(await late, "late");
  assert.equal(await inTime(async () => "in time", 1000, "late"), "in time");
  assert.equal(await inTime(async () => { throw new Error("HTTP 500"); }, 1000, "late"), undefined);
  assert.equal(await inTime(() => { throw new Error("no server"); }, 1000, "late"), undefined);
  assert.equal(await inTime(never, 1000, "late", Promise.resolve(undefined)), undefined);
});

test("the CSV quotes its values and lets no spreadsheet run them", () => {
  const table = csvOf([
    { name: 'a"b,.png', status: "ok", text: "12\n3", error: "", answer: { confidence: 0.98765 } },
    { name: "=1+1.png", status: "error", text: "", error: "-x", answer: {} },
    { name: "-7", status: "ok", text: "-7.5", error: "", answer: { confidence: 1 } },
    { name: "sum", status: "ok", text: "-7+3", error: "", answer: {} },
  ]);
  assert.equal(table, [
    '\ufeff"file","status","text","confidence","error"',
    '"a""b,.png","ok","12\n3","0.988",""',
    `"'=1+1.png","error","","","'-x"`,
    '"-7","ok","-7.5","1.000",""',
    `"sum","ok","'-7+3","",""`,
    "",
  ].join("\r\n"));
});
