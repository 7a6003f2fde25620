//! The frequency scale of the inner ear: equivalent rectangular bandwidths, counted in Cams.

/// Bandwidth of the auditory filter at a frequency, Hz: 24.673 (0.004368 f + 1), ANSI S3.4-2007, 3.3.
pub fn bandwidth_hz(hz: f64) -> f64 {
    24.673 * (0.004_368 * hz + 1.0)
}

/// Place on the scale, Cam (number of bandwidths below the frequency): 21.366 log10(0.004368 f + 1).
pub fn hz_to_cam(hz: f64) -> f64 {
    21.366 * (0.004_368 * hz + 1.0).log10()
}

/// Frequency of a place on the scale, Hz.
pub fn cam_to_hz(cam: f64) -> f64 {
    (10f64.powf(cam / 21.366) - 1.0) / 0.004_368
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_goes_both_ways_and_knows_its_anchors() {
        assert!((bandwidth_hz(1000.0) - 132.45).abs() < 0.01);
        assert!((hz_to_cam(1000.0) - 15.59).abs() < 0.01);
        for hz in [50.0, 440.0, 15_000.0] {
            assert!((cam_to_hz(hz_to_cam(hz)) / hz - 1.0).abs() < 1e-12);
        }
    }
}
