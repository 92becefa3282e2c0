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

export interface Layer {
  name: LayerName;
  /** Number of maps; of a layer of units, of units. */
  maps: number;
  /** Pixels of a map's side; 1 of a unit. */
  side: number;
  /** The layer that it sees. */
  source: LayerName | null;
  /** Side of the patch that one value sees, in pixels of the source. */
  window: number;
  /** Pixels between the patches of neighbours. */
  step: number;
}

/** One value of the network. */
export interface Place {
  layer: LayerName;
  map: number;
  row: number;
  column: number;
}

/** What the view of the inside shows. */
export interface InsideState extends Place {
  /** Map of the layer before whose patch is shown in numbers. */
  source: number;
  /** 1: all maps, 2: one map, 3: one sum. */
  level: number;
  /** The symbols whose difference is explained; null for the two likeliest. */
  digits: [string, string] | null;
}

/** What one patch contributes to a value. */
export interface SumPart {
  /** Map of the layer before. */
  source: number;
  values: Float32Array;
  weights: Float32Array;
  products: Float32Array;
  /** Of the products. */
  sum: number;
}

/** How one value comes about. */
export interface Sum {
  parts: SumPart[];
  bias: number;
  /** Of all parts and the bias. */
  sum: number;
  /** After the activation. */
  value: number;
}

/** Maps side by side on one canvas; lengths are in pixels, one for each value. */
export interface MapGrid {
  maps: number;
  side: number;
  columns: number;
  gap: number;
  rowGap: number;
  width: number;
  height: number;
}
