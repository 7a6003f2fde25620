//! Documents made by hand, with figures that agree with each other: what reports are looked at and tested with.

use plumbline::audio::{Block, Layout, SourceInfo, TimeRange};
use plumbline::chain::Settings;
use plumbline::chain::settings::{EqBand, EqKind, Limiter, Part};
use plumbline::compare::{BandTone, BandWidth, Basis, Comparison, Outlier, Range, ReferenceName};
use plumbline::diagnose::{Check, Evidence, Finding, Fix, Place, Stage, Status, Verdict, VerdictLevel};
use plumbline::measure::energy_map::{BANDS, BANDS_HZ};
use plumbline::measure::{EnergyMap, Measurements, Measurer, Series};
use plumbline::propose::{Amounts, Dimension, Expectation, MatchMode, Move, Proposal, SystemScore, TranslationTrade};
use plumbline::report::{Document, Input, SCHEMA};
use plumbline::units::{Dbtp, Lu, Lufs, Seconds};
use plumbline::verify::{MoveOutcome, Outcome, ReferenceResidual, Verification};

/// Length of the song, seconds.
const LENGTH_S: f64 = 232.0;
const CHORUSES: [(f64, f64); 3] = [(48.0, 80.0), (112.0, 144.0), (176.0, 216.0)];

fn info(name: &str) -> SourceInfo {
    SourceInfo {
        name: name.into(),
        container: "wav".into(),
        codec: "pcm_s24le".into(),
        lossy: false,
        sample_rate: 48_000,
        layout: Layout::stereo(),
        bits_per_sample: Some(24),
        float: false,
        wav_format_tag: Some(1),
        frames: Some(11_136_000),
    }
}

/// A number from 0 to 1 that depends on nothing but its index.
fn grain(index: usize) -> f64 {
    let mixed = (index as u32).wrapping_mul(2_654_435_761) ^ 0x9e37_79b9;
    f64::from(mixed.wrapping_mul(1_664_525) >> 8) / f64::from(1u32 << 24)
}

/// Envelope of the song: intro, verses, choruses, fade.
fn level(t: f64) -> f64 {
    match t {
        t if t < 16.0 => 0.18,
        t if CHORUSES.iter().any(|(a, b)| (*a..*b).contains(&t)) => 0.85,
        t if t > 216.0 => 0.35 * (LENGTH_S - t).max(0.0) / 16.0,
        _ => 0.42,
    }
}

fn series(step_s: f64, value: impl Fn(usize, f64) -> f64) -> Series {
    let count = (LENGTH_S / step_s) as usize;
    let values = (0..count).map(|i| value(i, (i as f64 + 0.5) * step_s) as f32).collect();
    Series { start_s: step_s / 2.0, step_s, values }
}

fn measurements(info: &SourceInfo) -> Measurements {
    // A real pass over a short signal fills every field; what the report draws is then set by hand.
    let mut measurer = Measurer::new(info);
    let mut block = Block::<f32>::silent(2, 48_000);
    for (c, channel) in block.channels_mut().iter_mut().enumerate() {
        for (i, sample) in channel.iter_mut().enumerate() {
            *sample = (0.2 * (i as f64 * 0.05).sin() + 0.02 * (grain(i + c * 7919) - 0.5)) as f32;
        }
    }
    measurer.push(&block);
    let mut m = measurer.finish();
    m.frames = 11_136_000;
    m.duration = Seconds::new(LENGTH_S);
    m.loudness.integrated = Lufs::new(-15.8);
    m.loudness.range = Lu::new(6.4);
    m.loudness.max_short_term.loudness = Lufs::new(-12.1);
    m.loudness.max_short_term.time = Seconds::new(201.4);
    m.loudness.max_momentary.loudness = Lufs::new(-10.6);
    m.loudness.max_momentary.time = Seconds::new(190.2);
    m.loudness.short_term =
        series(0.1, |i, t| if t < 1.5 { f64::NEG_INFINITY } else { 20.0 * level(t).max(1e-4).log10() - 12.2 + grain(i / 7) });
    m.true_peak.max.level = Dbtp::new(0.3);
    m.true_peak.max.time = Seconds::new(121.377);
    m.true_peak.series = series(0.1, |i, t| 20.0 * (level(t) * (0.75 + 0.28 * grain(i))).max(1e-5).log10());
    if let Some(stereo) = m.stereo.as_mut() {
        stereo.correlation = Some(0.41);
    }
    m.map = map();
    m
}

/// One frame of energy: wide in the bass, as the finding says, and ordinary above.
fn map() -> EnergyMap {
    let mid: Vec<f32> = BANDS_HZ.iter().map(|hz| (1.0 / (1.0 + (hz / 400.0).powi(2)) + 1e-3) as f32).collect();
    let side_db = |hz: f64| if (55.0..115.0).contains(&hz) { 2.0 } else { -18.0 + 3.2 * (hz / 60.0).log2().max(0.0) * 0.8 };
    let side = mid.iter().zip(BANDS_HZ).map(|(m, hz)| m * 10f32.powf((side_db(hz) / 10.0) as f32)).collect();
    EnergyMap { hop_s: 0.093, first_s: 0.093, mid, side, cross: vec![0.0; BANDS] }
}

/// How far a hump around `centre` reaches to `hz`, 0 to 1.
fn hump(hz: f64, centre: f64, octaves: f64) -> f64 {
    (-((hz / centre).log2() / octaves).powi(2)).exp()
}

fn comparison(matched: bool) -> Comparison {
    let middle =
        |hz: f64| -1.5 * (hz / 1000.0).log2() - 14.0 - 16.0 * (1.9 - hz.log10()).max(0.0).powf(1.5) - 14.0 * (hz.log10() - 4.0).max(0.0);
    let part = if matched { 0.25 } else { 1.0 };
    let tone = BANDS_HZ.iter().map(|&hz| {
        let range = Range {
            centre: middle(hz),
            low: middle(hz) - 1.6 - 0.6 * grain(hz as usize),
            high: middle(hz) + 1.7 + 0.6 * grain(hz as usize + 1),
        };
        let level_db = range.centre
            + part * (4.3 * hump(hz, 235.0, 0.5) + 4.6 * hump(hz, 6900.0, 0.4) - 3.4 * hump(hz, 2900.0, 0.6))
            + 0.5 * grain(hz as usize + 5);
        BandTone { hz, level_db, range, difference_db: level_db - range.centre, outside_db: range.outside(level_db) }
    });
    let width = BANDS_HZ.iter().map(|&hz| {
        let centre = -17.0 + 2.6 * (hz / 60.0).log2().max(0.0);
        BandWidth { hz, side_mid_db: centre, range: Range { centre, low: centre - 3.5, high: centre + 3.0 } }
    });
    let reference = |label: &str, name: &str| ReferenceName { label: label.into(), name: name.into() };
    Comparison {
        basis: Basis::References,
        against: "R1\u{2013}R3".into(),
        references: vec![
            reference("R1", "Low Tide, The Estuary.flac"),
            reference("R2", "Paper Lanterns, Mori Vale.flac"),
            reference("R3", "Night Ferry, Kest.flac"),
            reference("R4", "Long Exposure, Field Day.flac"),
        ],
        tone: tone.collect(),
        width: width.collect(),
        outliers: vec![Outlier {
            label: "R4".into(),
            quantity: "brightness".into(),
            distance: 4.1,
            text: "4.1 dB brighter than the others".into(),
        }],
        roughness_db: Some(4.2),
        ..Comparison::default()
    }
}

/// What a finding is made from, in the order of the columns of a report.
struct Told<'a> {
    code: &'a str,
    status: Status,
    title: &'a str,
    place: Place,
    time: &'a [(f64, f64)],
    band_hz: Option<[f64; 2]>,
    value: f64,
    unit: &'a str,
    limit: Option<f64>,
    source: &'a str,
    lean: f64,
    remedy: &'a str,
    why: &'a str,
}

impl Told<'_> {
    fn finding(&self) -> Finding {
        Finding {
            code: self.code.into(),
            status: self.status,
            title: self.title.into(),
            why: self.why.into(),
            place: self.place,
            time: self.time.iter().map(|t| TimeRange::new(t.0, t.1)).collect(),
            band_hz: self.band_hz,
            system: None,
            value: Some(self.value),
            unit: self.unit.into(),
            limit: self.limit,
            limit_source: self.source.into(),
            lean: Some(self.lean),
            confidence: 0.96,
            evidence: vec![Evidence { label: "Level lost in mono".into(), value: Some(4.8), unit: "dB".into() }],
            fix: Some(Fix { text: self.remedy.into(), freq_hz: None, gain_db: None, q: None }),
        }
    }
}

fn findings() -> Vec<Finding> {
    let esses: Vec<(f64, f64)> = (0..11).map(|i| (20.0 + 17.3 * f64::from(i), 20.4 + 17.3 * f64::from(i))).collect();
    let told = [
        Told {
            code: "headroom.clipped",
            status: Status::Fail,
            title: "Clipped in chorus 2",
            place: Place::Mix,
            time: &[(117.0, 129.0)],
            band_hz: None,
            value: 14.0,
            unit: "runs",
            limit: Some(0.0),
            source: "flat tops are audible",
            lean: 3.2,
            remedy: "Take the drum-bus clipper off, lower the bus 3\u{a0}dB",
            why: "Fourteen runs of three or more samples stand at full scale on both sides.",
        },
        Told {
            code: "stereo.wide_bass",
            status: Status::Fail,
            title: "Bass cancels in mono",
            place: Place::Mix,
            time: &CHORUSES,
            band_hz: Some([55.0, 110.0]),
            value: -0.21,
            unit: "correlation",
            limit: Some(0.3),
            source: "vinyl and club practice",
            lean: -2.1,
            remedy: "Synth bass mono below 120\u{a0}Hz; its chorus is the cause",
            why: "In the choruses the two sides of the bass pull against each other. Folded to mono it drops 4.8\u{a0}dB.",
        },
        Told {
            code: "dynamics.crushed",
            status: Status::Warn,
            title: "Transients are flattened",
            place: Place::Mix,
            time: &CHORUSES[1..],
            band_hz: None,
            value: 7.1,
            unit: "dB",
            limit: Some(8.0),
            source: "mixes for mastering",
            lean: -1.3,
            remedy: "Take the limiter off the mix bus",
            why: "Peaks stand only 7.1\u{a0}dB over the programme, so mastering has nothing left to shape.",
        },
        Told {
            code: "noise.hum",
            status: Status::Note,
            title: "Mains hum under the intro",
            place: Place::Mix,
            time: &[(0.0, 9.0)],
            band_hz: Some([50.0, 150.0]),
            value: -58.0,
            unit: "dBFS",
            limit: Some(-66.0),
            source: "audible over this",
            lean: 0.7,
            remedy: "High-pass the guitar amp track",
            why: "A hum at 50\u{a0}Hz with its third harmonic is audible before the first note.",
        },
        Told {
            code: "edge.cut_start",
            status: Status::Note,
            title: "Little air before the first note",
            place: Place::Mix,
            time: &[(0.0, 0.12)],
            band_hz: None,
            value: 0.12,
            unit: "s",
            limit: Some(0.5),
            source: "mastering practice",
            lean: -0.6,
            remedy: "Leave at least half a second",
            why: "The first note begins 0.12\u{a0}s after the file does.",
        },
        Told {
            code: "tonal.muddy",
            status: Status::Warn,
            title: "Low mids are heavy",
            place: Place::Master,
            time: &[(16.0, 144.0)],
            band_hz: Some([180.0, 320.0]),
            value: 2.6,
            unit: "dB",
            limit: None,
            source: "over R1\u{2013}R3",
            lean: 1.3,
            remedy: "Bell 232\u{a0}Hz, \u{2212}2.4\u{a0}dB, Q 1.1",
            why: "Between 180 and 320\u{a0}Hz the mix lies 2.6\u{a0}dB over every reference.",
        },
        Told {
            code: "tonal.sibilant",
            status: Status::Warn,
            title: "Sharp esses on the lead",
            place: Place::Master,
            time: &esses,
            band_hz: Some([6200.0, 7600.0]),
            value: 3.1,
            unit: "dB",
            limit: None,
            source: "over R1\u{2013}R3",
            lean: 1.25,
            remedy: "Dynamic bell 6.8\u{a0}kHz, \u{2212}3\u{a0}dB at most",
            why: "Eleven esses stand 3.1\u{a0}dB over those of the references.",
        },
    ];
    told.iter().map(Told::finding).collect()
}

fn checks(findings: &[Finding]) -> Vec<Check> {
    let failed = findings.iter().map(|f| Check {
        code: f.code.clone(),
        status: f.status,
        value: f.value,
        unit: f.unit.clone(),
        limit: f.limit,
        limit_source: f.limit_source.clone(),
        lean: f.lean,
        confidence: f.confidence,
    });
    let passed = [
        "headroom.none",
        "headroom.true_peak",
        "level.too_quiet",
        "dynamics.wild",
        "signal.dc_offset",
        "tonal.rumble",
        "tonal.boomy",
        "tonal.bass_light",
        "tonal.boxy",
        "tonal.harsh",
        "tonal.dull",
        "tonal.bright",
        "tonal.resonance",
        "stereo.inverted",
        "stereo.mono_loss",
        "stereo.imbalance",
        "stereo.dead_channel",
        "stereo.dual_mono",
        "stereo.narrow",
        "noise.floor",
        "edge.cut_end",
        "edge.silence",
        "glitch.click",
        "glitch.dropout",
        "format.lossy_source",
        "format.upsampled",
        "format.low_rate",
    ];
    let passed = passed.iter().map(|code| Check {
        code: (*code).into(),
        status: Status::Pass,
        value: Some(1.2),
        unit: "dB".into(),
        limit: Some(3.0),
        limit_source: "the neutral range of published music".into(),
        lean: Some(0.2),
        confidence: 0.9,
    });
    let skipped = Check {
        code: "format.low_bit_depth".into(),
        status: Status::Skipped,
        value: None,
        unit: "bit".into(),
        limit: None,
        limit_source: "not judged: the file is stored in floating point".into(),
        lean: None,
        confidence: 0.0,
    };
    failed.chain(passed).chain(std::iter::once(skipped)).collect()
}

/// A mix that is not ready: seven findings, four references.
pub fn mix() -> Document {
    let format = info("Harbour Lights bounce_07.wav");
    let findings = findings();
    Document {
        schema: SCHEMA.into(),
        tool_version: "0.1.0".into(),
        input: Input { path: "mixes/Harbour Lights bounce_07.wav".into(), duration_s: LENGTH_S, format: format.clone() },
        verdict: VerdictLevel::NotReady,
        judgement: Verdict {
            level: VerdictLevel::NotReady,
            sentence: "Not ready: two faults to mend in the mix".into(),
            stage: Stage::Mix,
            stage_reason: "as asked".into(),
        },
        measurements: measurements(&format),
        checks: checks(&findings),
        findings,
        comparison: Some(comparison(false)),
        translation: None,
        proposal: None,
        verification: None,
        masking: None,
        steps: vec!["Harbour Lights bounce_07.wav: read as it is, nothing resampled".into()],
    }
}

fn expectation(quantity: &str, before: f64, expected: f64, target: f64, unit: &str) -> Expectation {
    Expectation { quantity: quantity.into(), before: Some(before), expected: Some(expected), target: Some(target), unit: unit.into() }
}

fn a_move(id: &str, dimension: Dimension, what: &str, why: &str, expectation: Expectation) -> Move {
    Move {
        id: id.into(),
        dimension,
        what: what.into(),
        why: why.into(),
        band_hz: None,
        answers: vec!["tonal.muddy".into()],
        expectation,
        confidence: 0.9,
    }
}

fn proposal() -> Proposal {
    let band = |kind, freq_hz, gain_db, q, reason: &str| EqBand {
        kind,
        part: Part::Stereo,
        freq_hz,
        gain_db,
        q,
        reason: reason.into(),
        confidence: 0.9,
    };
    let eq = vec![
        band(EqKind::HighPass, 28.0, 0.0, 0.707, "nothing musical below"),
        band(EqKind::Bell, 232.0, -3.4, 1.1, "low mids over R1\u{2013}R3"),
        band(EqKind::Bell, 2900.0, 2.1, 0.9, "presence under R1\u{2013}R3"),
        band(EqKind::Bell, 6900.0, -3.0, 1.6, "esses over R1\u{2013}R3"),
        band(EqKind::HighShelf, 11_000.0, 0.8, 0.7, "air under R1\u{2013}R3"),
    ];
    let limiter = Limiter { ceiling_dbtp: -1.0, lookahead_ms: 2.0, release_ms: 80.0 };
    Proposal {
        mode: MatchMode::OtherRecord,
        mode_reason: "the raw difference is rough, 4.2 dB from band to band, as between two songs".into(),
        amounts: Amounts::default(),
        settings: Settings { tool_version: "0.1.0".into(), eq, output_gain_db: 5.4, limiter: Some(limiter), ..Settings::default() },
        moves: vec![
            a_move(
                "tone-1",
                Dimension::Tone,
                "Bell 232\u{a0}Hz, \u{2212}3.4\u{a0}dB, Q 1.1",
                "low mids over R1\u{2013}R3",
                expectation("level 180\u{2013}320\u{a0}Hz", 2.6, 0.3, 0.0, "dB"),
            ),
            a_move(
                "tone-2",
                Dimension::Tone,
                "Bell 2.9\u{a0}kHz, +2.1\u{a0}dB, Q 0.9",
                "presence under R1\u{2013}R3",
                expectation("level 2\u{2013}5\u{a0}kHz", -1.6, -0.3, 0.0, "dB"),
            ),
            a_move(
                "dynamics-1",
                Dimension::Dynamics,
                "Compress 20\u{2013}120\u{a0}Hz over \u{2212}18\u{a0}dB, 2:1",
                "the bass swings more than in R1\u{2013}R3",
                expectation("spread 20\u{2013}120\u{a0}Hz", 10.5, 8.6, 8.5, "dB"),
            ),
            a_move(
                "loudness-1",
                Dimension::Loudness,
                "Gain +5.4\u{a0}dB into a ceiling of \u{2212}1.0\u{a0}dBTP",
                "the references\u{2019} middle",
                expectation("integrated loudness", -15.8, -10.4, -10.4, "LUFS"),
            ),
        ],
        translation: Some(trade(None)),
        notes: vec!["The mix is already 2 dB denser than R2 above 5 kHz; that cannot be undone.".into()],
    }
}

/// Two systems served, the phone the worse of them.
fn trade(before: Option<f64>) -> TranslationTrade {
    let score = |system: &str, place: &str, without: f64, with: f64| SystemScore {
        system: system.into(),
        place: place.into(),
        before,
        without,
        with,
    };
    TranslationTrade {
        weight: 1.0,
        match_without_db: 0.82,
        match_with_db: 0.91,
        systems: vec![score("smartphone", "on a phone", 61.0, 68.0), score("car_parked", "in a parked car", 84.0, 84.0)],
    }
}

fn verification(proposal: &Proposal) -> Verification {
    let outcomes = [
        (Outcome::Kept, 1.0, 0.2, "did what was expected"),
        (Outcome::ScaledBack, 0.6, -0.7, "at the full amount tonal.harsh came up"),
        (Outcome::Dropped, 0.0, 10.3, "brought 0.2 dB of the 1.9 expected"),
        (Outcome::Kept, 1.0, -10.4, "did what was expected"),
    ];
    let moves = proposal.moves.iter().zip(outcomes).map(|(m, (outcome, kept, measured, reason))| MoveOutcome {
        id: m.id.clone(),
        what: m.what.clone(),
        outcome,
        kept,
        expectation: m.expectation.clone(),
        measured: Some(measured),
        reason: reason.into(),
    });
    let residual = |reference: &str, tone: (f64, f64), loudness: (f64, f64), width: (f64, Option<f64>)| ReferenceResidual {
        reference: reference.into(),
        tone_before_db: tone.0,
        tone_after_db: tone.1,
        loudness_before_lu: loudness.0,
        loudness_after_lu: loudness.1,
        width_before_db: Some(width.0),
        width_after_db: width.1,
    };
    Verification {
        moves: moves.collect(),
        residuals: vec![
            residual("R1 Low Tide", (2.9, 1.2), (-5.6, -0.2), (-1.9, Some(-0.4))),
            residual("R2 Paper Lanterns", (3.4, 1.9), (-4.9, 0.5), (-2.2, None)),
        ],
        comparison: Some(comparison(true)),
        translation: Some(trade(Some(55.0))),
        mended: vec!["tonal.muddy".into(), "tonal.sibilant".into()],
        new_findings: Vec::new(),
        integrated_lufs: Some(-10.4),
        true_peak_dbtp: Some(-1.0),
        limiter_max_db: 2.8,
        limiter_active_share: 0.043,
        limiter_where: vec![TimeRange::new(112.0, 118.0), TimeRange::new(176.0, 181.0)],
        steps: vec!["Rendered twice; in between tone-2 was scaled to 60 % and dynamics-1 taken out.".into()],
    }
}

/// The same mix with a verified match.
pub fn matched() -> Document {
    let proposal = proposal();
    Document { verification: Some(verification(&proposal)), proposal: Some(proposal), ..mix() }
}

/// A mix without a single finding.
pub fn clean() -> Document {
    let judgement = Verdict { level: VerdictLevel::Ready, sentence: "Ready".into(), stage: Stage::Mix, stage_reason: "as asked".into() };
    Document { verdict: VerdictLevel::Ready, judgement, findings: Vec::new(), checks: checks(&[]), ..mix() }
}

/// The mix as heard on two systems, with a fault that both have.
pub fn elsewhere() -> Document {
    use plumbline::compare::translation::{BassLine, CarriedBy, Points, REGIONS, RegionHeard, Sunk, SystemHeard, Translation, Uncertain};
    use plumbline::models::system::Basis;
    let heard = |system: &str, title: &str, basis: Basis, lost: f64| SystemHeard {
        system: system.into(),
        title: title.into(),
        place: format!("on a {}", title.to_lowercase()),
        group: plumbline::models::system::Group::Small,
        basis,
        score: 100.0 + 4.0 * lost,
        taken_off: vec![Points { what: "bass_line".into(), points: -4.0 * lost }],
        regions: REGIONS
            .iter()
            .map(|r| RegionHeard {
                region: r.id.into(),
                hz: r.hz,
                beyond_lu: Uncertain { value: lost, low: lost - 1.0, high: lost + 1.0 },
                mix_lu: lost - 4.0,
                references_lu: -4.0,
                heard: r.id != "sub",
            })
            .collect(),
        bass_line: BassLine {
            carried_by: CarriedBy::Harmonics,
            beyond_lu: Uncertain { value: lost, low: lost - 1.0, high: lost + 1.0 },
            mono_lu: 0.0,
            hz: [90.0, 450.0],
        },
        mono_lu: 0.0,
        harshness_lu: None,
        mud_lu: None,
        harshness_place_db: 0.0,
        mud_place_db: 0.0,
        left_in_noise: 0.9,
        sunk: Sunk::default(),
        sub_power_db: None,
        mix_db_spl: vec![40.0; 31],
        references_db_spl: vec![45.0; 31],
        noise_db_spl: Some(vec![20.0; 31]),
        level_dba: 63.0,
    };
    let mut doc = mix();
    doc.translation = Some(Translation {
        against: "R1\u{2013}R3".into(),
        systems: vec![heard("smartphone", "Phone", Basis::Estimated, -5.3), heard("earbuds_anc", "Earbuds", Basis::Measured, -4.1)],
    });
    if let Some(one) = doc.findings.first().cloned() {
        let on = |system: &str| Finding {
            code: "translation.bass_lost".into(),
            system: Some(system.into()),
            title: format!("Bass line is lost on {system}"),
            ..one.clone()
        };
        doc.findings.extend([on("smartphone"), on("earbuds_anc")]);
    }
    doc
}

/// A mix with forty findings and a name that is as long as a file system allows.
pub fn crowded() -> Document {
    let mut doc = mix();
    let base = doc.findings.clone();
    doc.findings = (0..40)
        .filter_map(|i| {
            let mut finding = base.get(i % base.len())?.clone();
            finding.title = format!("{} {}", finding.title, i + 1);
            Some(finding)
        })
        .collect();
    doc.input.format.name = format!("{}.wav", "Final mix with the second vocal take ".repeat(7).trim().replace(' ', "_"));
    doc
}
