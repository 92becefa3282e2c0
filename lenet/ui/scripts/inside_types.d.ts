// The types of the inside of the network.

/** What a layer computes each output from: the sum of weighted inputs and a bias. */
export interface WeightedSum {
  /** Output by output; of a convolution, each input map by map, row by row. */
  weights: Float32Array;
  /** One for each output. */
  biases: Float32Array;
}

export type LeNet = Record<"c1" | "c3" | "c5" | "f6" | "output", WeightedSum>;

export type LayerName = "input" | "c1" | "s2" | "c3" | "s4" | "c5" | "f6" | "output";

/** What each layer gives, map by map, row by row. */
export interface Activations extends Record<LayerName, Float32Array> {
  /** What the activation was applied to. */
  sums: Record<"c1" | "c3" | "c5" | "f6", Float32Array>;
}
