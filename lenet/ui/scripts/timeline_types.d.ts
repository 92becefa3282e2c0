// The types of the timeline of the training.

/** A moment of the training, and how well the network of that moment reads digits that it does not learn from. */
export interface Moment {
  /** Training images seen until then, each as often as it was shown. */
  images: number;
  /** The epoch that was in progress, from 1. */
  epoch: number;
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Share of the digits read right, in [0, 1]. */
  accuracy: number;
  /** The symbol that is its answer most often. */
  favourite: string;
  /** How often it is, in [0, 1]. */
  share: number;
}

/** All but the networks, as `described` of timeline.py makes it. */
export interface TimelineIndex {
  moments: Moment[];
  epochs: number;
  /** Number of digits that the networks were measured on. */
  heldOut: number;
  /** Of the outputs, the last for "none". */
  symbols: string[];
  /** By which logits are divided. */
  temperature: number;
  /** The largest weight of c1 at any moment, without its sign. */
  largest: number;
  /** What is read while there is no drawing: base64 of 28 × 28 bytes. */
  example: string;
}
