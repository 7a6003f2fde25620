//! The series that charts are drawn from, taken out of a document. Plain numbers, already in the units of the axes.

use super::{Document, words};
use crate::compare::{BandTone, Basis, Comparison, Range};
use crate::measure::energy_map::{BANDS, BANDS_HZ};
use crate::measure::stereo::BandImage;
use crate::measure::{Measurements, Series};
use crate::units::exact_moment;

/// One band of a stereo chart: the mix and, where known, the range it should lie in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StereoBand {
    /// Band edges, Hz.
    pub band_hz: [f64; 2],
    /// Side to mid, dB; none where there is no side.
    pub width_db: Option<f64>,
    /// Correlation, −1 to 1.
    pub correlation: Option<f64>,
    /// Range of the references' width, dB.
    pub range_db: Option<[f64; 2]>,
}

/// Level of a spectrum by frequency with the range it is held against.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tone {
    /// Band centres, Hz, rising.
    pub freq_hz: Vec<f64>,
    /// The file, dB after the tilt, loudness-matched.
    pub mix_db: Vec<f64>,
    /// Lower edge of the range, dB.
    pub low_db: Vec<f64>,
    /// Middle of the range, dB.
    pub middle_db: Vec<f64>,
    /// Upper edge of the range, dB.
    pub high_db: Vec<f64>,
    /// After a match, dB.
    pub after_db: Option<Vec<f64>>,
    /// What the range is: "range of R1–R3", "neutral range".
    pub range_name: String,
    /// What was done to the curves, as "loud sections, tilted +4.5 dB/oct".
    pub treatment: String,
}

/// A series over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OverTime {
    /// Time of the first value, seconds.
    pub first_s: f64,
    /// Time between values, seconds.
    pub step_s: f64,
    /// Values; minus infinity where silent.
    pub values: Vec<f64>,
}

impl OverTime {
    fn of(series: &Series, unit: impl Fn(f64) -> f64) -> Self {
        Self { first_s: series.start_s, step_s: series.step_s, values: series.values.iter().map(|v| unit(f64::from(*v))).collect() }
    }

    /// Time and value, reduced to at most `most` points by taking the highest value of each group.
    pub(crate) fn reduced(&self, most: usize) -> Vec<(f64, f64)> {
        let group = self.values.len().div_ceil(most.max(1)).max(1);
        self.values
            .chunks(group)
            .enumerate()
            .map(|(i, chunk)| {
                let middle = i as f64 * group as f64 + (chunk.len() as f64 - 1.0) / 2.0;
                (self.first_s + self.step_s * middle, chunk.iter().copied().fold(f64::NEG_INFINITY, f64::max))
            })
            .collect()
    }
}

/// A named section of the song.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    /// Name.
    pub name: String,
    /// Start, seconds.
    pub start_s: f64,
}

/// A headline number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyNumber {
    /// What it is: "Integrated".
    pub label: &'static str,
    /// Number and unit.
    pub value: (String, String),
}

/// A reference as it is listed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReferenceLine {
    /// Short mark: R1.
    pub mark: String,
    /// Name.
    pub name: String,
    /// What is odd about it, if anything.
    pub remark: Option<String>,
}

/// Everything drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    /// Headline numbers, at most six.
    pub keys: Vec<KeyNumber>,
    /// Peak of the samples, 0 to 1 and above.
    pub outline: OverTime,
    /// Short-term loudness, LUFS.
    pub loudness: OverTime,
    /// Integrated loudness, LUFS.
    pub integrated_lufs: Option<f64>,
    /// Spectrum.
    pub tone: Option<Tone>,
    /// Stereo by band, lowest first.
    pub stereo: Vec<StereoBand>,
    /// Sections.
    pub sections: Vec<Section>,
    /// References.
    pub references: Vec<ReferenceLine>,
    /// All measured numbers for the table: name, value, how it is defined.
    pub measured: Vec<(String, String, &'static str)>,
}

impl Figures {
    /// The series of a document.
    pub(crate) fn of(doc: &Document) -> Self {
        let m = &doc.measurements;
        Self {
            keys: keys(m),
            outline: OverTime::of(&m.true_peak.series, |db| 10f64.powf(db / 20.0)),
            loudness: OverTime::of(&m.loudness.short_term, |lufs| lufs),
            integrated_lufs: Some(m.loudness.integrated.lufs()).filter(|l| l.is_finite()),
            tone: doc.comparison.as_ref().and_then(|c| tone(c, doc.verification.as_ref().and_then(|v| v.comparison.as_ref()))),
            stereo: stereo(doc),
            sections: doc.comparison.as_ref().map(sections).unwrap_or_default(),
            references: doc.comparison.as_ref().map(references).unwrap_or_default(),
            measured: measured(m),
        }
    }
}

fn keys(m: &Measurements) -> Vec<KeyNumber> {
    let integrated = m.loudness.integrated.lufs();
    let peak = m.true_peak.max.level.dbtp();
    let number = |label, value: f64, unit: &str| KeyNumber { label, value: words::value_and_unit("", Some(value), unit) };
    let mut keys = vec![number("Integrated", integrated, "LUFS"), number("True peak", peak, "dBTP")];
    if integrated.is_finite() && peak.is_finite() {
        keys.push(number("Peak to loudness", peak - integrated, "dB"));
        keys.push(number("Loudness range", m.loudness.range.lu(), "LU"));
    }
    if let Some(correlation) = m.stereo.as_ref().and_then(|s| s.correlation) {
        keys.push(KeyNumber { label: "Correlation", value: (words::signed(correlation, 2), String::new()) });
    }
    keys
}

/// Tilt added to third-octave levels for display, dB an octave: at +4.5 dB an octave of spectral density, of which bands
/// that widen with frequency already hold 3, published music lies about flat.
const TILT_DB: f64 = 1.5;

fn tone(before: &Comparison, after: Option<&Comparison>) -> Option<Tone> {
    let bands: Vec<_> = before.tone.iter().filter(|b| b.hz > 0.0).collect();
    let tilted = |hz: f64, db: f64| db + TILT_DB * (hz / 1000.0).log2();
    // The middle of the range from 100 Hz to 8 kHz lies at zero.
    let core: Vec<f64> = bands.iter().filter(|b| (100.0..=8000.0).contains(&b.hz)).map(|b| tilted(b.hz, b.range.centre)).collect();
    if bands.len() < 2 || core.is_empty() {
        return None;
    }
    let zero = core.iter().sum::<f64>() / core.len() as f64;
    let curve = |pick: &dyn Fn(&BandTone) -> f64| bands.iter().map(|b| tilted(b.hz, pick(b)) - zero).collect::<Vec<f64>>();
    let of_result = |c: &Comparison| -> Option<Vec<f64>> {
        bands.iter().map(|b| c.tone.iter().find(|x| x.hz == b.hz).map(|x| tilted(x.hz, x.level_db) - zero)).collect()
    };
    let tone = Tone {
        freq_hz: bands.iter().map(|b| b.hz).collect(),
        mix_db: curve(&|b| b.level_db),
        low_db: curve(&|b| b.range.low),
        middle_db: curve(&|b| b.range.centre),
        high_db: curve(&|b| b.range.high),
        after_db: after.and_then(of_result),
        range_name: match before.basis {
            Basis::Neutral => "neutral range".into(),
            _ => format!("range of {}", before.against),
        },
        treatment: "third octaves at equal loudness, tilted +4.5 dB/oct".into(),
    };
    Some(tone)
}

/// Edges of the bands of the stereo chart, Hz.
const STEREO_HZ: [[f64; 2]; 6] = [[20.0, 60.0], [60.0, 200.0], [200.0, 500.0], [500.0, 2000.0], [2000.0, 6000.0], [6000.0, 20_000.0]];

fn stereo(doc: &Document) -> Vec<StereoBand> {
    let map = &doc.measurements.map;
    if doc.measurements.stereo.is_none() {
        return Vec::new();
    }
    let mut sums = [[0.0f64; 3]; BANDS];
    for frame in 0..map.frames() {
        let parts = map.mid_frame(frame).iter().zip(map.side_frame(frame)).zip(map.cross_frame(frame));
        for (sum, ((mid, side), cross)) in sums.iter_mut().zip(parts) {
            let [m, s, x] = sum;
            *m += f64::from(*mid);
            *s += f64::from(*side);
            *x += f64::from(*cross);
        }
    }
    let ranges = doc.comparison.as_ref().map_or(&[][..], |c| c.width.as_slice());
    STEREO_HZ
        .into_iter()
        .filter_map(|edges| {
            let within = |hz: f64| hz >= edges[0] && hz < edges[1];
            let inside = BANDS_HZ.iter().zip(&sums).filter(|(hz, _)| within(**hz)).map(|(_, sum)| sum);
            let [mid, side, cross] = inside.fold([0.0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
            let image = BandImage::of(mid, side, cross);
            let allowed: Vec<_> = ranges.iter().filter(|w| within(w.hz)).map(|w| w.range).collect();
            let mean = |pick: &dyn Fn(&Range) -> f64| allowed.iter().map(pick).sum::<f64>() / allowed.len() as f64;
            (mid + side > 0.0).then(|| StereoBand {
                band_hz: edges,
                width_db: Some(image.side_mid.db()).filter(|db| db.is_finite()),
                correlation: image.correlation,
                range_db: (!allowed.is_empty()).then(|| [mean(&|r| r.low), mean(&|r| r.high)]),
            })
        })
        .collect()
}

/// Most sections named below the waveform.
const SECTIONS: usize = 9;

fn sections(c: &Comparison) -> Vec<Section> {
    let mut all: Vec<Section> =
        c.sections.iter().flat_map(|s| s.time.iter().map(|t| Section { name: s.energy.clone(), start_s: t.start_s })).collect();
    all.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    if (2..=SECTIONS).contains(&all.len()) { all } else { Vec::new() }
}

fn references(c: &Comparison) -> Vec<ReferenceLine> {
    c.references
        .iter()
        .map(|r| {
            let odd: Vec<&str> = c.outliers.iter().filter(|o| o.label == r.label).map(|o| o.text.as_str()).collect();
            ReferenceLine { mark: r.label.clone(), name: r.name.clone(), remark: (!odd.is_empty()).then(|| odd.join("; ")) }
        })
        .collect()
}

fn measured(m: &Measurements) -> Vec<(String, String, &'static str)> {
    let mut out = Vec::new();
    let mut put = |name: &str, value: String, how| out.push((name.to_owned(), value, how));
    let at = |value: String, time: f64| format!("{value} at {}", exact_moment(time));
    let (loud, peak) = (&m.loudness, &m.true_peak.max);
    put("Integrated loudness", loud.integrated.to_string(), "ITU-R BS.1770-5, EBU R 128");
    put("Loudness range", loud.range.to_string(), "EBU Tech 3342");
    if loud.max_short_term.loudness.is_finite() {
        put(
            "Loudest three seconds",
            at(loud.max_short_term.loudness.to_string(), loud.max_short_term.time.s()),
            "short-term, EBU Tech 3341",
        );
    }
    if loud.max_momentary.loudness.is_finite() {
        put("Loudest 400 ms", at(loud.max_momentary.loudness.to_string(), loud.max_momentary.time.s()), "momentary, EBU Tech 3341");
    }
    if peak.level.is_finite() {
        put("True peak", at(peak.level.to_string(), peak.time.s()), "ITU-R BS.1770-5, annex 2");
        put("Sample peak", format!("{}FS", m.sample_peak.max.level), "highest sample");
    }
    if peak.level.is_finite() && loud.integrated.is_finite() {
        put(
            "Peak to loudness",
            words::quantity("", Some(peak.level.dbtp() - loud.integrated.lufs()), "dB"),
            "true peak minus integrated loudness",
        );
    }
    if let Some(image) = &m.stereo {
        put("Left, right", format!("{}FS, {}FS", image.left, image.right), "RMS of the whole file");
        put("Correlation", image.correlation.map_or_else(|| "\u{2013}".into(), |c| words::signed(c, 2)), "left and right, whole file");
    }
    if m.invalid.samples > 0 {
        put("Samples that are no numbers", m.invalid.samples.to_string(), "NaN or infinite, measured as 0");
    }
    out
}
