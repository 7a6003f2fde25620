//! Synthesised music to plant faults in: changing chords with decaying harmonics, a kick, hi-hats and a floor of noise, in stereo.
//! The seed sets the notes; the sounds stay the same, as in two parts of one song.

pub const RATE: u32 = 44_100;

/// Left and right.
pub type Stereo = [Vec<f64>; 2];

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// −1 to 1.
    pub fn bipolar(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// About `seconds` of music with peaks at −6 dBFS.
pub fn song(seed: u64, seconds: f64) -> Stereo {
    let frames = (f64::from(RATE) * seconds) as usize;
    let mut random = Random(seed);
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    let beat = RATE as usize / 2;
    for (index, start) in (0..frames).step_by(beat).enumerate() {
        kick(&mut out, start);
        hat(&mut out, start + beat / 2, &mut random);
        let root = 55.0 * 2f64.powf((random.next() % 12) as f64 / 12.0);
        note(&mut out, start, root, 0.30, 0.0);
        for (k, interval) in [12.0, 16.0, 19.0, 24.0].into_iter().enumerate() {
            let pan = [-0.5, 0.5, -0.2, 0.2][k];
            note(&mut out, start + (index % 2) * beat / 3, root * 2f64.powf(interval / 12.0), 0.12, pan);
        }
    }
    // A pink-like floor (white through a one-pole), different on both sides, as rooms and amplifiers leave.
    for channel in &mut out {
        let mut low = 0.0;
        for sample in channel.iter_mut() {
            let white = random.bipolar();
            low += 0.05 * (white - low);
            *sample += 0.004 * (low * 4.0 + 0.3 * white);
        }
    }
    scaled_to_peak(out, 0.5)
}

fn add(out: &mut Stereo, at: usize, value: f64, pan: f64) {
    for (channel, gain) in out.iter_mut().zip([1.0 - pan, 1.0 + pan]) {
        if let Some(sample) = channel.get_mut(at) {
            *sample += gain * value;
        }
    }
}

fn note(out: &mut Stereo, start: usize, hz: f64, gain: f64, pan: f64) {
    for n in 0..RATE as usize * 6 / 10 {
        let t = n as f64 / f64::from(RATE);
        let attack = (t / 0.004).min(1.0);
        let tone: f64 = (1..=24)
            .map(f64::from)
            .take_while(|h| h * hz < 12_000.0)
            .map(|h| (std::f64::consts::TAU * hz * h * t + h).sin() * (-t * (3.0 + h)).exp() / h)
            .sum();
        add(out, start + n, gain * attack * tone, pan);
    }
}

fn kick(out: &mut Stereo, start: usize) {
    for n in 0..RATE as usize / 5 {
        let t = n as f64 / f64::from(RATE);
        let phase = std::f64::consts::TAU * (55.0 * t + 3.0 * (1.0 - (-t * 30.0).exp()));
        add(out, start + n, 0.7 * (-t * 18.0).exp() * phase.sin(), 0.0);
    }
}

fn hat(out: &mut Stereo, start: usize, random: &mut Random) {
    let mut before = 0.0;
    for n in 0..RATE as usize / 12 {
        let white = random.bipolar();
        add(out, start + n, 0.16 * (white - before) * (-(n as f64) / 900.0).exp(), 0.15);
        before = white;
    }
}

/// Scales both channels by one gain so that the highest sample is `peak`.
pub fn scaled_to_peak(mut x: Stereo, peak: f64) -> Stereo {
    let highest = x.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
    for sample in x.iter_mut().flatten() {
        *sample *= peak / highest;
    }
    x
}

/// A peaking or shelving second-order filter (RBJ Audio EQ Cookbook), written here once more so that the checks are not tested
/// with the filters of the chain.
pub fn equalised(mut x: Stereo, kind: &str, hz: f64, gain_db: f64, q: f64) -> Stereo {
    let a = 10f64.powf(gain_db / 40.0);
    let w = std::f64::consts::TAU * hz / f64::from(RATE);
    let (alpha, cos) = (w.sin() / (2.0 * q), w.cos());
    let root = 2.0 * a.sqrt() * alpha;
    let (b, d) = match kind {
        "bell" => ([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a]),
        _ => {
            // The high shelf is the low shelf with the sign of the cosine turned, and so are its odd coefficients.
            let s = if kind == "low shelf" { 1.0 } else { -1.0 };
            let c = s * cos;
            let b = [a * (a + 1.0 - (a - 1.0) * c + root), s * 2.0 * a * (a - 1.0 - (a + 1.0) * c), a * (a + 1.0 - (a - 1.0) * c - root)];
            (b, [a + 1.0 + (a - 1.0) * c + root, s * -2.0 * (a - 1.0 + (a + 1.0) * c), a + 1.0 + (a - 1.0) * c - root])
        }
    };
    for channel in &mut x {
        let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
        for sample in channel.iter_mut() {
            let y = (b[0] * *sample + b[1] * x1 + b[2] * x2 - d[1] * y1 - d[2] * y2) / d[0];
            (x2, x1, y2, y1) = (x1, *sample, y1, y);
            *sample = y;
        }
    }
    x
}
