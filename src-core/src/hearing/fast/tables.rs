//! Power functions as tables over the logarithm: the exponent of a float and the first bits of its mantissa are the index.

use crate::hearing::filter::Filter;

/// Bits of the mantissa that count: four nodes per doubling.
const MANTISSA_BITS: u32 = 2;
const NODES_PER_OCTAVE: usize = 1 << MANTISSA_BITS;
/// Lowest node, 2^−10: 30 dB under the threshold at 1 kHz; straight to 0 below.
const LOWEST_EXPONENT: i32 = -10;
/// The same as a value.
const LOWEST: f32 = 1.0 / 1024.0;
/// Octaves covered, up to 2^40 (120 dB).
const OCTAVES: usize = 50;
/// Pieces of a table.
const NODES: usize = OCTAVES * NODES_PER_OCTAVE;

/// Value of a node.
fn node(index: usize) -> f64 {
    let octave = LOWEST_EXPONENT + (index / NODES_PER_OCTAVE) as i32;
    2f64.powi(octave) * (1.0 + (index % NODES_PER_OCTAVE) as f64 / NODES_PER_OCTAVE as f64)
}

/// Index of the node below a positive value and the way to the next, 0 to 1.
fn place(value: f32) -> (usize, f32) {
    const SHIFT: u32 = 23 - MANTISSA_BITS;
    let bits = value.to_bits();
    let bias = (127 + LOWEST_EXPONENT) as u32 * NODES_PER_OCTAVE as u32;
    let index = ((bits >> SHIFT).saturating_sub(bias)) as usize;
    let way = (bits & ((1 << SHIFT) - 1)) as f32 * (1.0 / (1u32 << SHIFT) as f32);
    (index, way)
}

/// A curve between two nodes: a cubic with the true values and slopes at both ends.
#[derive(Clone, Copy, Debug, Default)]
struct Piece([f32; 4]);

impl Piece {
    fn new(from: f64, to: f64, f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64) -> Self {
        let width = to - from;
        let (y0, y1, s0, s1) = (f(from), f(to), slope(from) * width, slope(to) * width);
        Self([y0, s0, 3.0 * (y1 - y0) - 2.0 * s0 - s1, 2.0 * (y0 - y1) + s0 + s1].map(|c| c as f32))
    }

    fn at(&self, way: f32) -> f32 {
        let [a, b, c, d] = self.0;
        a + way * (b + way * (c + way * d))
    }
}

fn pieces(f: impl Fn(f64) -> f64, slope: impl Fn(f64) -> f64) -> Vec<Piece> {
    (0..NODES).map(|i| Piece::new(node(i), node(i + 1), &f, &slope)).collect()
}

fn evaluate(pieces: &[Piece], value: f32) -> f32 {
    let (index, way) = place(value);
    match (pieces.get(index), pieces.last()) {
        (Some(piece), _) => piece.at(way),
        (None, Some(last)) => last.at(1.0),
        (None, None) => 0.0,
    }
}

/// The rise of F(E) = (G·E + A)^α over its value in silence, one table per kind of filter: all above 500 Hz are alike.
///
/// Within 0.01 % of the formula from −30 to 120 dB; held above.
#[derive(Clone, Debug)]
pub(super) struct Compression {
    /// The tables, one after the other.
    pieces: Vec<Piece>,
    /// Where the table of each filter starts.
    start: Vec<usize>,
}

impl Compression {
    pub(super) fn new(filters: &[Filter]) -> Self {
        let mut kinds: Vec<(f64, f64, f64)> = Vec::new();
        let mut compression = Self { pieces: Vec::new(), start: Vec::new() };
        for filter in filters {
            let kind = (filter.gain, filter.offset, filter.exponent);
            let known = kinds.iter().position(|k| *k == kind);
            compression.start.push(known.unwrap_or(kinds.len()) * NODES);
            if known.is_none() {
                kinds.push(kind);
                compression.pieces.extend(Self::table(filter));
            }
        }
        compression
    }

    fn table(filter: &Filter) -> Vec<Piece> {
        let rise = |e: f64| filter.compressed(e) - filter.at_rest;
        let slope = |e: f64| filter.exponent * filter.gain * (filter.gain * e + filter.offset).powf(filter.exponent - 1.0);
        pieces(rise, slope)
    }

    /// F(E) − A^α of a filter; 0 for silence and NaN.
    pub(super) fn rise(&self, filter: usize, excitation: f32) -> f32 {
        let start = self.start.get(filter).copied().unwrap_or(0);
        let table = self.pieces.get(start..start + NODES).unwrap_or(&[]);
        if excitation >= LOWEST {
            evaluate(table, excitation)
        } else if excitation > 0.0 {
            table.first().map_or(0.0, |piece| piece.at(0.0)) * (excitation / LOWEST)
        } else {
            0.0
        }
    }
}

/// x^p for 0 ≤ x ≤ 1, within 0.01 % above 2^−10; below, held.
#[derive(Clone, Debug)]
pub(super) struct PowerLaw {
    pieces: Vec<Piece>,
}

impl PowerLaw {
    pub(super) fn new(power: f64) -> Self {
        // One octave above 1 is enough, so the table ends there.
        let all = pieces(|x| x.powf(power), |x| power * x.powf(power - 1.0));
        Self { pieces: all.into_iter().take((1 - LOWEST_EXPONENT) as usize * NODES_PER_OCTAVE).collect() }
    }

    pub(super) fn of(&self, x: f32) -> f32 {
        evaluate(&self.pieces, x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_agree_with_the_formulas() {
        let filters: Vec<Filter> = [2.0, 5.0, 9.0, 15.0, 30.0].map(Filter::at_cam).to_vec();
        let compression = Compression::new(&filters);
        let law = PowerLaw::new(0.3);
        for step in -60..=240 {
            let e = 2f64.powf(f64::from(step) / 6.0) * 1.013;
            for (j, filter) in filters.iter().enumerate() {
                let exact = filter.compressed(e) - filter.at_rest;
                let got = f64::from(compression.rise(j, e as f32));
                assert!((got / exact - 1.0).abs() < 1e-4 || e > 2f64.powi(40), "filter {j} at {e}: {got}, {exact}");
            }
            if (1e-3..=1.0).contains(&e) {
                assert!((f64::from(law.of(e as f32)) / e.powf(0.3) - 1.0).abs() < 1e-4, "{e}");
            }
        }
        assert_eq!(compression.rise(0, 0.0), 0.0);
        assert_eq!(compression.rise(0, f32::NAN), 0.0);
        assert!(compression.rise(0, f32::INFINITY).is_finite());
    }
}
