//! Known answers for each planner, on measurements of synthesised signals.

use super::*;
use crate::audio::{Block, Layout, Source, SourceInfo};
use crate::compare::matched::{self, Programme};
use crate::compare::{self, Reference};
use crate::measure;

pub(super) const RATE: u32 = 44_100;

/// Bursts of noise of several colours from a fixed seed: like passages come again, in other order, for another seed.
pub(super) struct Song {
    info: SourceInfo,
    left: Vec<f32>,
    right: Vec<f32>,
    at: usize,
}

impl Song {
    /// `shape` works on every sample of left and right.
    pub(super) fn new(seconds: usize, seed: u64, mut shape: impl FnMut(usize, f64, f64) -> (f64, f64)) -> Self {
        let mut state = seed;
        let mut random = move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            (state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        };
        let frames = seconds * RATE as usize;
        let (mut left, mut right) = (Vec::with_capacity(frames), Vec::with_capacity(frames));
        let (mut low, mut colour, mut level) = (0.0, 0.1, 0.1);
        for i in 0..frames {
            if i % (RATE as usize / 4) == 0 {
                let pick = ((random() + 1.0) * 4.0) as usize;
                colour = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9][pick.min(7)];
                level = [0.02, 0.03, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15][((random() + 1.0) * 4.0) as usize % 8];
            }
            low += colour * (random() - low);
            let (mid, side) = (level * (low + 0.1 * random()), 0.3 * level * random());
            let (l, r) = shape(i, mid + side, mid - side);
            left.push(l as f32);
            right.push(r as f32);
        }
        Self::of(left, right)
    }

    /// A song of the given samples.
    pub(super) fn of(left: Vec<f32>, right: Vec<f32>) -> Self {
        let info = SourceInfo {
            name: "song".into(),
            container: "memory".into(),
            codec: "pcm_f32le".into(),
            lossy: false,
            sample_rate: RATE,
            layout: Layout::stereo(),
            bits_per_sample: Some(32),
            float: true,
            wav_format_tag: None,
            frames: Some(left.len() as u64),
        };
        Self { info, left, right, at: 0 }
    }

    pub(super) fn measured(mut self) -> Measurements {
        measure::parallel::measure(&mut self, &mut |_| Ok(())).expect("a source in memory does not fail")
    }
}

impl Source for Song {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn read(&mut self, block: &mut Block<f32>) -> Result<usize> {
        let end = (self.at + 4096).min(self.left.len());
        *block = Block::from_channels(vec![self.left[self.at..end].to_vec(), self.right[self.at..end].to_vec()]);
        let frames = end - self.at;
        self.at = end;
        Ok(frames)
    }
}

fn planned(mix: &Measurements, reference: &Measurements, amounts: Amounts, target: LoudnessTarget) -> Proposal {
    let portrait = compare::portrait("reference", reference);
    let references = [Reference { portrait: &portrait, measurements: Some(reference) }];
    let comparison = compare::compare(mix, &references).expect("the target is sound");
    let programme = |m| -> Programme<'_> {
        let m: &Measurements = m;
        Programme { map: &m.map, integrated_lufs: m.loudness.integrated.lufs() }
    };
    let matched = matched::estimate(programme(reference), programme(mix));
    let same_session = matched.as_ref().is_some_and(|m| matched::same_session(m, 1));
    let evidence = [ReferenceEvidence { label: "R1".into(), measurements: reference, matched, same_session }];
    plan(&Situation {
        mix,
        references: &evidence,
        comparison: &comparison,
        findings: &[],
        amounts,
        target,
        ceiling_dbtp: -1.0,
        drift: &Drift::default(),
        serve: None,
    })
    .expect("the measurements are sound")
}

pub(super) fn clean(_: usize, l: f64, r: f64) -> (f64, f64) {
    (l, r)
}

/// How far the loudness of two parts of one song can be told apart, LU: over real music the estimate is off by 1.05 LU on average.
const LOUDNESS_ERROR_LU: f64 = 1.2;

#[test]
fn amounts_of_zero_change_nothing() {
    let (mix, reference) = (Song::new(20, 3, |_, l, r| (0.3 * l, 0.3 * r)).measured(), Song::new(20, 5, clean).measured());
    let none = Amounts { tone: 0.0, dynamics: 0.0, width: 0.0, loudness: 0.0 };
    let proposal = planned(&mix, &reference, none, LoudnessTarget::References);
    assert!(proposal.settings.changes_nothing(), "{:?}", proposal.settings);
    assert!(proposal.moves.is_empty());
}

#[test]
fn a_quieter_mix_of_the_session_is_brought_to_its_loudness() {
    let (mix, reference) = (Song::new(30, 3, |_, l, r| (0.25 * l, 0.25 * r)).measured(), Song::new(30, 5, clean).measured());
    let proposal = planned(&mix, &reference, Amounts::default(), LoudnessTarget::References);
    assert_eq!(proposal.mode, MatchMode::SameSession, "{}", proposal.mode_reason);
    assert!((proposal.settings.output_gain_db - 12.04).abs() < LOUDNESS_ERROR_LU, "{}", proposal.settings.output_gain_db);
    assert_eq!(proposal.settings.limiter.map(|l| l.ceiling_dbtp), Some(-1.0));
}

#[test]
fn a_loudness_asked_for_is_aimed_at_unless_the_limiter_would_have_to_do_too_much() {
    let (mix, reference) = (Song::new(20, 3, clean).measured(), Song::new(20, 5, clean).measured());
    let loud = Amounts { tone: 0.0, dynamics: 0.0, width: 0.0, loudness: 1.0 };
    let own = mix.loudness.integrated.lufs();
    let modest = planned(&mix, &reference, loud, LoudnessTarget::Lufs(own + 2.0));
    assert!((modest.settings.output_gain_db - 2.0).abs() < 0.01);
    let absurd = planned(&mix, &reference, loud, LoudnessTarget::Lufs(-1.0));
    assert!(absurd.settings.output_gain_db < -1.0 - own - 1.0);
    assert!(absurd.notes.iter().any(|n| n.contains("limiting")), "{:?}", absurd.notes);
}

#[test]
fn a_narrower_mix_gets_its_side_back() {
    let narrow = |_: usize, l: f64, r: f64| {
        let (mid, side) = (0.5 * (l + r), 0.5 * (l - r));
        (mid + 0.5 * side, mid - 0.5 * side)
    };
    let (mix, reference) = (Song::new(30, 3, narrow).measured(), Song::new(30, 5, clean).measured());
    let proposal = planned(&mix, &reference, Amounts::default(), LoudnessTarget::References);
    let side = proposal.settings.stereo.map_or(0.0, |s| s.side_gain_db);
    assert!((side - 6.02).abs() < 0.7, "{side}");
}

#[test]
fn a_dull_mix_gets_its_treble_back() {
    let mut state = [0.0; 2];
    // One pole at 3 kHz: −3 dB there, −6 dB an octave above.
    let dull = move |_: usize, l: f64, r: f64| {
        for (s, x) in state.iter_mut().zip([l, r]) {
            *s += 0.35 * (x - *s);
        }
        (state[0], state[1])
    };
    let (mix, reference) = (Song::new(30, 3, dull).measured(), Song::new(30, 5, clean).measured());
    let proposal = planned(&mix, &reference, Amounts::default(), LoudnessTarget::References);
    let gain = |hz: f64| crate::chain::response_db(&proposal.settings.eq, hz, f64::from(RATE));
    assert!(gain(10_000.0) - gain(500.0) > 4.0, "{} dB: {:?}", gain(10_000.0) - gain(500.0), proposal.settings.eq);
}

#[test]
fn a_mix_like_its_reference_is_left_alone() {
    let (mix, reference) = (Song::new(30, 3, clean).measured(), Song::new(30, 5, clean).measured());
    let proposal = planned(&mix, &reference, Amounts::default(), LoudnessTarget::References);
    let gains: Vec<f64> =
        [63.0, 250.0, 1_000.0, 4_000.0, 12_000.0].map(|hz| crate::chain::response_db(&proposal.settings.eq, hz, f64::from(RATE))).to_vec();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    assert!(gains.iter().all(|g| (g - mean).abs() < 0.7), "{gains:?}");
    assert!(proposal.settings.dynamics.is_none());
    assert!(proposal.settings.output_gain_db.abs() < LOUDNESS_ERROR_LU, "{}", proposal.settings.output_gain_db);
}

#[test]
fn the_limiter_load_is_read_from_the_hardest_hundredth() {
    let mut peaks = vec![-6.0; 990];
    peaks.extend([2.0; 10]);
    peaks.extend([5.0; 1]);
    let load = limiter_load(&peaks, -12.0, -1.0).expect("finite");
    assert!((load.hardest_db - 3.0).abs() < 1e-9);
    assert!((load.pays_lufs + 12.0).abs() < 1e-9);
    assert!((load.most_lufs + 9.0).abs() < 1e-9);
    assert!(limiter_load(&[], -12.0, -1.0).is_none());
}
