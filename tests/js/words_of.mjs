// Writes what the scripts make of answers of the server whose pieces are the same, and their words:
// `node words_of.mjs TASK`. The task is JSON with `answers` and `catalogue`.

import { readFileSync } from "node:fs";

import { composed } from "../../lenet/ui/scripts/personal_text.js";
import { statusSentence } from "../../lenet/ui/scripts/personal_words.js";
import { textsOf } from "../../lenet/ui/scripts/texts.js";

const { answers, catalogue } = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const texts = textsOf(catalogue);
process.stdout.write(JSON.stringify(answers.map((answer) => (
  { ...composed(answer, answer.digits), words: statusSentence(answer, texts) }
))));
