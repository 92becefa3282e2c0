// Writes answers as a visitor's hand has them: `node personal_of.mjs WEIGHTS METRIC TASK`. The task is JSON with
// `about`, `corrections`, `answers` and `catalogue`; the answers go to standard output.

import { readFileSync } from "node:fs";

import { Personal } from "../../lenet/ui/scripts/personal.js";
import { textsOf } from "../../lenet/ui/scripts/texts.js";

const [weights, metric, task] = process.argv.slice(2);
const floats = (path) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);
const { about, corrections, answers, catalogue } = JSON.parse(readFileSync(task, "utf-8"));
const personal = new Personal({ about, weights: floats(weights), metric: floats(metric) }, textsOf(catalogue));
personal.learn(corrections);
const told = answers.map((answer) => ({ ...personal.rewrite(answer), hand: undefined }));
process.stdout.write(JSON.stringify(told));
