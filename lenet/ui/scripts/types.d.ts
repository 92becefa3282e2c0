// The types that several scripts share.

import type { WeightedSum } from "./inside_types.js";

/** What Gradio hands to a component's script; the element already holds the rendered template. */
export interface Component {
  element: HTMLElement;
  props: Record<string, any>;
  /** The component's Python functions, by name. */
  server: Record<string, (...args: any[]) => Promise<any>>;
  /** Sends a file to the server and resolves to its path there. */
  upload: (file: File) => Promise<{ path: string }>;
}

/** Gives a text of the catalogue; `count` among the values chooses between "one" and "other". */
export interface Texts {
  (key: string, values?: Record<string, string | number>): string;
  /** A number without decimals, as the language writes it. */
  whole: (value: number) => string;
  /** A number with one decimal. */
  tenths: (value: number) => string;
  /** A number with two decimals. */
  hundredths: (value: number) => string;
}

/** x and y, y downward. */
export type Point = [number, number];

export type Stroke = Point[];

/** What is seen on the pad: strokes and their width are in units of the paper. */
export interface Scene {
  strokes: Stroke[];
  pen: number;
  /** Of the pad, in CSS pixels. */
  side: number;
  /** CSS pixels a unit of the paper. */
  zoom: number;
}

/** Left, top, width and height. */
export type Box = [number, number, number, number];

export type Status = "ok" | "unsure" | "not_a_digit" | "empty" | "error";

/** A piece of ink, as `describe` of answer.py makes it. */
export interface Piece {
  /** A digit or a sign; "" for what is left out of the text of the answer. */
  text: string;
  /** Of what is left out, the most probable digit; null for a sign. */
  digit: number | null;
  status: Status;
  box: Box;
  /** Of each digit and sign of the network, in [0, 1]; what they lack of 1 is the probability of "none". */
  probabilities: Record<string, number>;
  /** Base64 of 28 × 28 bytes, row by row, 255 = full ink. */
  image: string;
}

/** An answer of the server, as `describe` of answer.py makes it; with `error`, nothing else counts. */
export interface Answer {
  error?: string;
  /** Digits and signs as written; lines are joined by a line feed, numbers on a line by a space. */
  text: string;
  /** Of the whole text. */
  status: Status;
  /** Probability that the whole text is right, in [0, 1]. */
  confidence?: number;
  words: string;
  /** Numbers of pieces, and the separators between them. */
  layout: (number | string)[];
  digits: Piece[];
  /** Number of the least sure piece; null if all are sure. */
  doubtful: number | null;
  notes?: string[];
  /** Of a photo: width and height in the unit of the boxes. */
  size?: [number, number];
  /** What the server was asked about: a drawing on its pad, or a photo; see steps.py. */
  source?: Record<string, unknown>;
  /** Of a personal answer: the last layer, adapted to the visitor's hand, and what the server read of each piece. */
  hand?: { output: WeightedSum, read: string[] };
  [time: `${string}_ms`]: number;
}

/** A photo to be read. */
export interface Job {
  name: string;
  /** Tells whether two photos are the same file. */
  key: string;
  /** Resolves to an answer with a preview (a JPEG in base64), or with an error. */
  read: () => Promise<(Partial<Answer> & { preview?: string }) | undefined>;
}

/** A photo that has been read; its pictures are addresses of files that the browser keeps. */
export interface Photo {
  name: string;
  key: string;
  text: string;
  status: Status;
  error: string;
  answer: Partial<Answer>;
  preview?: string;
  thumbnail?: string;
}

/** Pixels, row by row in base64, a byte each, 255 = full ink; or a JPEG in base64. */
export interface Picture {
  size: [number, number];
  ink?: string;
  jpeg?: string;
}

/** A step from the pen or the photo to the network, as steps.py makes it. */
export interface Step {
  name: string;
  words: string;
  picture: Picture;
  /** Width and height in pixels of what is shown; the rest is in these. */
  view: [number, number];
  /** Of the picture in the view. */
  place: Box;
  /** Of the ink. */
  box?: Box;
  /** 20 × 20 pixels, before the step and after it. */
  before?: Box;
  frame?: Box;
  /** Centre of the mass of the ink. */
  mass?: Point;
}

/** All steps of a piece, and a canvas that is merely squeezed, with both answers; with `error`, nothing else. */
export interface Explanation {
  error?: string;
  steps: Step[];
  prepared: { picture: Picture, words: string };
  squeezed: { picture: Picture, words: string };
  remark: string;
}
