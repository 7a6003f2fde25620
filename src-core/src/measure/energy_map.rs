//! The compact map of a file: time × band × mid/side. What stays of the samples once they have gone by.

/// Third-octave band centres of the map, Hz (ISO 266 nominal values, 20 Hz to 20 kHz).
pub const BANDS_HZ: [f64; 31] = [
    20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0, 200.0, 250.0, 315.0, 400.0, 500.0, 630.0, 800.0, 1000.0, 1250.0,
    1600.0, 2000.0, 2500.0, 3150.0, 4000.0, 5000.0, 6300.0, 8000.0, 10_000.0, 12_500.0, 16_000.0, 20_000.0,
];

/// Number of bands.
pub const BANDS: usize = BANDS_HZ.len();

/// Energy of a file over time and frequency.
///
/// # Definition
/// Hann-windowed frames of about 186 ms (8192 samples at 44.1 and 48 kHz, the nearest power of two
/// in time at other rates) every half frame. Mid = (L+R)/2, side = (L−R)/2; band power = sum over
/// the bins whose frequency lies in \[fc·2^(−1/6), fc·2^(1/6)), scaled so that a full-scale sine in both
/// channels has mid power 0.5. Mono files have side 0. Bands above Nyquist hold 0.
///
/// Frame-major: index `frame * BANDS + band`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnergyMap {
    /// Time between frames, seconds (about 0.093).
    pub hop_s: f64,
    /// Centre of the first frame, seconds.
    pub first_s: f64,
    /// Power of the mid.
    pub mid: Vec<f32>,
    /// Power of the side.
    pub side: Vec<f32>,
    /// Real part of mid × conj(side): with `mid` and `side` it gives left and right power
    /// (mid + side ± 2·cross) and their correlation.
    pub cross: Vec<f32>,
}

impl EnergyMap {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.mid.len() / BANDS
    }

    /// Centre of a frame, seconds from the start of the file.
    pub fn time_s(&self, frame: usize) -> f64 {
        self.first_s + frame as f64 * self.hop_s
    }

    /// Mid powers of one frame, [`BANDS`] values.
    pub fn mid_frame(&self, frame: usize) -> &[f32] {
        self.mid.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// Side powers of one frame, [`BANDS`] values.
    pub fn side_frame(&self, frame: usize) -> &[f32] {
        self.side.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }

    /// Cross powers of one frame, [`BANDS`] values.
    pub fn cross_frame(&self, frame: usize) -> &[f32] {
        self.cross.get(frame * BANDS..(frame + 1) * BANDS).unwrap_or(&[])
    }
}
