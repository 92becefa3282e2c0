// @ts-check
// The Cholesky factor of a positive definite matrix, and equations solved by it. Without the DOM.

/**
 * @param {ArrayLike<number>} matrix symmetric, row by row
 * @param {number} size of a row
 * @returns {Float64Array} the lower triangular factor, row by row
 */
export function factorOf(matrix, size) {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column];
      for (let k = 0; k < column; k++) rest -= factor[row * size + k] * factor[column * size + k];
      if (row === column && !(rest > 0)) {
        throw new RangeError(`matrix: wanted a positive definite one, got ${rest} left of row ${row}`);
      }
      factor[row * size + column] = row === column ? Math.sqrt(rest) : rest / factor[column * (size + 1)];
    }
  }
  return factor;
}

/**
 * @param {Float64Array} factor of the matrix, as `factorOf` gives it
 * @param {Float64Array} right side
 * @returns {Float64Array} what the matrix must be multiplied with to give it
 */
export function solved(factor, right) {
  const size = right.length;
  const values = right.slice();
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) values[row] -= factor[row * size + k] * values[k];
    values[row] /= factor[row * (size + 1)];
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) values[row] -= factor[k * size + row] * values[k];
    values[row] /= factor[row * (size + 1)];
  }
  return values;
}
