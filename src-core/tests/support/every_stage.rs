//! Settings that put every stage of the chain to work.

use plumbline::chain::Settings;
use plumbline::chain::settings::{BandDynamics, Dynamics, EqBand, EqKind, Limiter, Part, Stereo};

/// All stages at work, the bells at `gain_db`.
pub fn everything(gain_db: f64) -> Settings {
    let bell = |part, freq_hz| EqBand { kind: EqKind::Bell, part, freq_hz, gain_db, q: 1.0, reason: String::new(), confidence: 1.0 };
    let band = BandDynamics {
        threshold_db: -30.0,
        ratio: 3.0,
        knee_db: 6.0,
        attack_ms: 10.0,
        release_ms: 100.0,
        makeup_db: 1.0,
        reason: String::new(),
    };
    Settings {
        eq: vec![bell(Part::Stereo, 200.0), bell(Part::Mid, 900.0), bell(Part::Side, 4000.0)],
        dynamics: Some(Dynamics { crossovers_hz: vec![200.0, 3000.0], bands: vec![band.clone(), band.clone(), band] }),
        stereo: Some(Stereo { side_gain_db: 2.0, side_bands: vec![], mono_below_hz: Some(100.0), reason: String::new() }),
        output_gain_db: 12.0,
        limiter: Some(Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 100.0 }),
        ..Settings::default()
    }
}
