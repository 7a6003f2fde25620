//! Pure signal processing: transforms, filters, envelopes, oversampling. No files, no decisions.

pub mod band_bins;
pub mod biquad;
pub mod convolver;
pub mod crossover;
pub mod envelope;
pub mod fft;
pub mod half_band;
pub mod interpolate;
pub mod intersample;
pub mod k_weighting;
pub mod least_squares;
pub mod minimum_phase;
pub mod peak_interpolator;
pub mod stats;

/// One frame of two lanes: left and right, or mid and side. Two lanes fill one SIMD register of `f64`.
pub type Frame = [f64; 2];

/// Left and right to mid (L+R)/2 and side (L−R)/2, in place.
pub fn encode_mid_side(frames: &mut [Frame]) {
    for frame in frames {
        let [left, right] = *frame;
        *frame = [0.5 * (left + right), 0.5 * (left - right)];
    }
}

/// Mid and side to left and right, in place; undoes [`encode_mid_side`].
pub fn decode_mid_side(frames: &mut [Frame]) {
    for frame in frames {
        let [mid, side] = *frame;
        *frame = [mid + side, mid - side];
    }
}
