import assert from "node:assert/strict";
import { test } from "node:test";

import { Corrections, KEY, MOST, MOST_STANDING, newId, parsed } from "../../lenet/ui/scripts/corrections.js";

const SYMBOLS = [..."0123456789/", "none"];

/** A picture that no other number has. */
const picture = (number) => Buffer.alloc(784, `picture ${number}`).toString("base64");
const correction = (number, label = "7") => (
  { id: newId(), image: picture(number), label, answer: "1", stands: false });
const standing = (number, label = "7") => ({ ...correction(number, label), answer: label, stands: true });

/** What a browser stores, for as many tabs as one likes; `room` in characters. */
function storageWith(room = Infinity, entries = new Map()) {
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) throw new Error("QuotaExceededError");
      entries.set(key, value);
    },
    removeItem: (key) => entries.delete(key),
  };
}

const kept = (storage) => new Corrections(() => storage, SYMBOLS);
const labels = (corrections) => corrections.list.map(({ label }) => label).join("");

test("what was taught is there after a reload, and nothing else is stored", () => {
  const storage = storageWith();
  const first = correction(1);
  kept(storage).add(first);
  assert.deepEqual(kept(storage).list, [first]);
  const [stored] = JSON.parse(storage.getItem(KEY)).corrections;
  assert.deepEqual(Object.keys(stored).sort(), ["answer", "id", "image", "label", "stands"]);
});

test("one of them or all can be taken back; then nothing is stored", () => {
  const storage = storageWith();
  const corrections = kept(storage);
  const [one, other] = [correction(1), correction(2, "4")];
  corrections.add(one);
  corrections.add(other);
  corrections.remove(({ id }) => id === one.id);
  assert.deepEqual(kept(storage).list, [other]);
  corrections.remove(() => true);
  assert.equal(storage.getItem(KEY), null);
});

test("the newest answers that were let stand are kept beside the corrections, and go with the last of these", () => {
  const storage = storageWith();
  const corrections = kept(storage);
  corrections.add(standing(0)); // nobody has corrected anything: nobody has looked
  assert.equal(storage.getItem(KEY), null);
  corrections.add(correction(1));
  for (let number = 2; number < MOST_STANDING + 5; number++) corrections.add(standing(number, String(number % 10)));
  assert.equal(kept(storage).list.length, MOST_STANDING + 1);
  assert.equal(corrections.list[0].stands, false);
  assert.equal(corrections.list.at(-1).image, picture(MOST_STANDING + 4));
  corrections.add(correction(MOST_STANDING + 4, "9"));
  assert.deepEqual(corrections.list.filter(({ stands }) => !stands).map(({ label }) => label), ["7", "9"]);
  assert.equal(corrections.list.length, MOST_STANDING + 1, "of one picture there is one entry");
  corrections.remove(({ stands }) => !stands);
  assert.equal(storage.getItem(KEY), null);
});

test("what was stored as let stand, but is labelled otherwise, is a correction", () => {
  const stored = JSON.stringify({ corrections: [{ ...standing(1, "7"), answer: "3" }] });
  assert.deepEqual(parsed(stored, SYMBOLS).corrections.map(({ label, stands }) => [label, stands]), [["7", false]]);
});

test("what was taken back comes back in its place, beside what was taught since", () => {
  const storage = storageWith();
  const corrections = kept(storage);
  for (const number of [1, 2, 3, 4]) corrections.add(correction(number, String(number)));
  const before = corrections.list;
  const removed = [before[0], before[2]];
  corrections.remove((one) => removed.includes(one));
  kept(storage).add(correction(5, "5")); // in another tab
  kept(storage).add(correction(3, "9")); // of the picture of one that was taken back: the newest label counts
  corrections.bringBack(removed, before);
  assert.equal(labels(corrections), "12459");
  assert.deepEqual(kept(storage).list, corrections.list);
});

test("a picture has one label, the newest", () => {
  const corrections = kept(storageWith());
  corrections.add(correction(1, "7"));
  corrections.add(correction(2, "2"));
  corrections.add(correction(1, "9"));
  assert.equal(labels(corrections), "29");
});

test("they are bounded in number: the oldest go", () => {
  const corrections = kept(storageWith());
  for (let number = 0; number < MOST + 3; number++) corrections.add(correction(number, String(number % 10)));
  assert.equal(corrections.list.length, MOST);
  assert.equal(labels(corrections).slice(0, 2), "34");
});

test("what another tab has stored is not overwritten", () => {
  const storage = storageWith();
  const [one, other] = [kept(storage), kept(storage)];
  one.add(correction(1, "1"));
  other.add(correction(2, "2"));
  one.read();
  assert.equal(labels(one), "12");
});

for (const [name, text] of Object.entries({
  "no JSON": "{", "a number": "7", "null": "null", "a list": "[[]]", "other entries": '{"corrections": {"0": 1}, "sent": "x"}',
  "deep nesting": "[".repeat(5000),
})) {
  test(`storage with ${name} is as good as empty, and can be used`, () => {
    const storage = storageWith(Infinity, new Map([[KEY, text]]));
    const corrections = kept(storage);
    assert.deepEqual([corrections.list, corrections.sent, corrections.isKept], [[], [], true]);
    corrections.add(correction(1));
    assert.equal(kept(storage).list.length, 1);
  });
}

test("damaged entries are left out, sound ones beside them are kept", () => {
  const sound = correction(1);
  const damaged = [
    null, 7, {}, { ...sound, image: "AAAA" }, { ...sound, image: "%" }, { ...sound, image: 5 }, { ...sound, label: "q" },
    { ...sound, label: undefined }, { ...sound, id: "" }, { ...sound, id: {} }, { ...sound, answer: "toString" },
  ];
  const text = JSON.stringify({ corrections: [...damaged, { ...sound, more: 1 }], sent: [{ id: "a" }, null], session: 5 });
  assert.deepEqual(parsed(text, SYMBOLS), { corrections: [sound], sent: [], session: "" });
});

test("where storage is full, they hold for the visit", () => {
  const corrections = kept(storageWith(100));
  corrections.add(correction(1, "1"));
  corrections.add(correction(2, "2"));
  assert.deepEqual([labels(corrections), corrections.isKept], ["12", false]);
});

test("where storage is forbidden, they hold for the visit", () => {
  const corrections = new Corrections(() => { throw new Error("SecurityError"); }, SYMBOLS);
  corrections.add(correction(1));
  assert.deepEqual([corrections.list.length, corrections.isKept], [1, false]);
});

test("receipts outlive their corrections, until they are withdrawn", () => {
  const storage = storageWith();
  const corrections = kept(storage);
  const one = correction(1);
  corrections.add(one);
  corrections.putReceipt({ id: one.id, receipt: "r1", hasArrived: false });
  corrections.putReceipt({ id: one.id, receipt: "r1", hasArrived: true });
  corrections.remove(() => true);
  assert.deepEqual(kept(storage).sent, [{ id: one.id, receipt: "r1", hasArrived: true }]);
  corrections.removeReceipt("r1");
  assert.equal(storage.getItem(KEY), null);
});

test("a session is random, made when it is asked for, and stays", () => {
  const storage = storageWith();
  const corrections = kept(storage);
  corrections.add(correction(1));
  assert.ok(!storage.getItem(KEY).match(/"session":"\w/));
  const { session } = corrections;
  assert.match(session, /^[0-9a-f]{32}$/);
  assert.equal(kept(storage).session, session);
  const another = kept(storageWith());
  another.add(correction(1));
  assert.notEqual(another.session, session);
});
