use super::super::settings::{EqBand, EqKind, Part};
use super::*;

const RATE: u32 = 44_100;

/// Noise whose level jumps every tenth of a second, with a beat: a limiter has work that comes and goes.
fn music(seconds: usize) -> [Vec<f64>; 2] {
    let mut state = 5u64;
    let mut random = move || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    let (mut left, mut right, mut level, mut low) = (Vec::new(), Vec::new(), 0.2, 0.0);
    for i in 0..seconds * RATE as usize {
        if i % 4_410 == 0 {
            level = 0.05 + 0.2 * random().abs();
        }
        low += 0.1 * (random() - low);
        let beat = 0.5 * (-((i % 22_050) as f64) / 2_000.0).exp() * (0.009 * (i % 22_050) as f64).sin();
        left.push(2.0 * level * low + beat);
        right.push(2.0 * level * low * 0.8 + beat + 0.1 * level * random());
    }
    [left, right]
}

fn settings(output_gain_db: f64) -> Settings {
    let shelf = EqBand {
        kind: EqKind::HighShelf,
        part: Part::Stereo,
        freq_hz: 3_000.0,
        gain_db: 4.0,
        q: 0.7,
        reason: String::new(),
        confidence: 1.0,
    };
    let limiter = Limiter { ceiling_dbtp: -1.0, lookahead_ms: 5.0, release_ms: 120.0 };
    Settings { eq: vec![shelf], output_gain_db, limiter: Some(limiter), ..Settings::default() }
}

fn forecast(channels: &[Vec<f64>], most_gain_db: f64, cut: usize) -> Forecast {
    let mut probe = Probe::new(&settings(0.0), RATE, channels.len(), most_gain_db).unwrap().unwrap();
    let frames = channels[0].len();
    for from in (0..frames).step_by(cut) {
        let to = (from + cut).min(frames);
        probe.push(&mut Block::from_channels(channels.iter().map(|c| c[from..to].to_vec()).collect()));
    }
    probe.finish()
}

/// K-weighted mean squares of the output of a real chain, its latency cut off.
fn rendered(channels: &[Vec<f64>], gain_db: f64) -> Vec<f64> {
    let mut chain = Chain::new(&settings(gain_db), RATE, channels.len()).unwrap();
    let latency = chain.latency_frames();
    let mut block = Block::from_channels(channels.iter().map(|c| [c.as_slice(), &vec![0.0; latency]].concat()).collect());
    chain.process(&mut block);
    let mut weighting = KWeighting::new(f64::from(RATE));
    let silent = vec![0.0f32; RATE as usize / 10];
    let out: Vec<Vec<f32>> = block.channels().iter().map(|c| c[latency..].iter().map(|x| *x as f32).collect()).collect();
    (0..out[0].len() / silent.len())
        .map(|s| {
            let lane = |c: usize| out.get(c).map_or(silent.as_slice(), |c| &c[s * silent.len()..(s + 1) * silent.len()]);
            let [l, r] = weighting.sum_of_squares(lane(0), lane(1));
            (l + r) / silent.len() as f64
        })
        .collect()
}

fn total_db(mean_squares: &[f64]) -> f64 {
    10.0 * mean_squares.iter().sum::<f64>().log10()
}

/// Error of the energy of a stretch, dB: peaks are kept to 0.05 dB and stretches begin within 64 frames of where they should.
const STRETCH_DB: f64 = 0.35;
/// Error of the whole, LU.
const WHOLE_DB: f64 = 0.02;

#[test]
fn what_is_forecast_is_what_is_rendered_at_any_gain() {
    for channels in [music(6).to_vec(), music(6)[..1].to_vec()] {
        let known = forecast(&channels, 18.0, 4_096);
        for gain_db in [-6.0, 0.0, 6.0, 12.0, 18.0] {
            let (said, true_one) = (known.mean_squares(gain_db), rendered(&channels, gain_db));
            assert_eq!(said.len(), true_one.len());
            for (s, t) in said.iter().zip(&true_one) {
                assert!((10.0 * (s / t).log10()).abs() < STRETCH_DB, "{gain_db} dB: {s} for {t}");
            }
            let error = total_db(&said) - total_db(&true_one);
            assert!(error.abs() < WHOLE_DB, "{gain_db} dB: off by {error} dB");
        }
        // The limiter really had work to do.
        assert!(total_db(&known.mean_squares(18.0)) - total_db(&known.mean_squares(0.0)) < 16.0);
    }
}

#[test]
fn peaks_are_those_that_reach_the_limiter() {
    let beat: Vec<f64> = (0..RATE as usize).map(|i| 0.25 * (0.05 * i as f64).sin()).collect();
    let known = forecast(&[beat.clone(), beat], 20.0, 1_000);
    // The shelf leaves 350 Hz alone; 0.25 is −12.04 dB.
    let peaks = known.peaks_dbtp();
    assert_eq!(peaks.len(), 10);
    assert!(peaks[1..9].iter().all(|p| (p + 12.04).abs() < 0.1), "{peaks:?}");
}

#[test]
fn the_cut_into_blocks_changes_nothing() {
    let channels = music(2).to_vec();
    let whole = forecast(&channels, 12.0, usize::MAX / 2);
    for cut in [1, 63, 64, 5_000] {
        assert!(forecast(&channels, 12.0, cut) == whole, "blocks of {cut}");
    }
}

#[test]
fn silence_and_nothing_come_out_silent() {
    for frames in [0, 10, 20_000] {
        let known = forecast(&[vec![0.0; frames], vec![0.0; frames]], 12.0, 4_096);
        assert!(known.mean_squares(12.0).iter().all(|p| *p == 0.0));
    }
}
