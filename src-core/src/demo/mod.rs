//! A short built-in song, synthesised from nothing but the code in this folder: a well-balanced reference, the same song
//! badly mixed, and the stems of the bad mix, which add up to it sample by sample.

mod faults;
mod score;
mod song;
mod track;
mod voices;

pub use faults::{Planted, planted};
pub use score::SAMPLE_RATE;

use crate::audio::Block;
use crate::encode::{Depth, Dither, Format, Overwrite, Spec, Writer};
use crate::error::{Error, Result};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use track::Track;

/// Full scale of 24-bit samples.
const FULL_SCALE: f64 = 8_388_608.0;

/// The files of a demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The well-balanced song.
    pub reference: PathBuf,
    /// The badly mixed song.
    pub mix: PathBuf,
    /// Stems of the bad mix; their sum is the mix exactly.
    pub stems: Vec<PathBuf>,
    /// What is what, for people.
    pub readme: PathBuf,
}

impl Files {
    /// Where [`write()`] puts them in a folder.
    pub fn of(dir: &Path) -> Self {
        let stem = |name: &&str| dir.join("stems").join(name).with_extension("wav");
        Self {
            reference: dir.join("reference.wav"),
            mix: dir.join("mix.wav"),
            stems: song::STEM_NAMES.iter().map(stem).collect(),
            readme: dir.join("README.txt"),
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Path> {
        [&self.reference, &self.mix, &self.readme].into_iter().chain(&self.stems).map(PathBuf::as_path)
    }
}

/// A stereo recording as 24-bit samples, planar.
type Samples = [Vec<i32>; 2];

/// Writes the demo into a folder (made if missing): `reference.wav`, `mix.wav`, `stems/*.wav`, `README.txt`; WAV files of
/// 44.1 kHz, 24 bit, stereo. The same bytes every time.
///
/// # Errors
/// [`Error::Io`] if the folder or a file cannot be written, or exists and `overwrite` refuses.
pub fn write(dir: &Path, overwrite: Overwrite) -> Result<Files> {
    let stem_dir = dir.join("stems");
    std::fs::create_dir_all(&stem_dir).map_err(|e| Error::io(&stem_dir, "cannot make the folder", e))?;
    let files = Files::of(dir);
    if overwrite == Overwrite::Refuse
        && let Some(there) = files.all().find(|f| f.exists())
    {
        return Err(Error::io(there, "cannot write", std::io::ErrorKind::AlreadyExists.into()));
    }
    let good = song::stems();
    let mut bad = good.clone();
    faults::plant(&mut bad);
    write_wav(&files.reference, &quantise(&mastered(&good)), overwrite)?;
    let bad = bad.each_ref().map(quantise);
    write_wav(&files.mix, &sum(&bad), overwrite)?;
    for (path, stem) in files.stems.iter().zip(&bad) {
        write_wav(path, stem, overwrite)?;
    }
    std::fs::write(&files.readme, readme()).map_err(|e| Error::io(&files.readme, "cannot write", e))?;
    Ok(files)
}

/// The good song as a master bus would leave it: its highest peaks, at drum hits, rounded off by up to 3 dB.
fn mastered(stems: &[Track; 5]) -> Track {
    // Straight up to the knee, then bent so that it never passes the top (−3.4 dBFS).
    const GAIN: f64 = 1.06;
    const KNEE: f64 = 0.4;
    const TOP: f64 = 0.68;
    let round = |x: f64| {
        let over = x.abs() - KNEE;
        if over <= 0.0 { x } else { x.signum() * (KNEE + (TOP - KNEE) * (over / (TOP - KNEE)).tanh()) }
    };
    let mut bus = Track::new();
    for stem in stems {
        bus.mix(stem, GAIN);
    }
    bus.map(round);
    bus
}

/// Rounds to 24 bits. Stems are rounded before they are summed, so that the sum of the files is the mix exactly.
fn quantise(track: &Track) -> Samples {
    [0, 1].map(|channel| track.frames().iter().map(|frame| (frame[channel] * (FULL_SCALE - 1.0)).round() as i32).collect())
}

/// Adds stems sample by sample.
fn sum(stems: &[Samples]) -> Samples {
    [0, 1].map(|channel| {
        let frames = stems.first().map_or(0, |s| s[channel].len());
        (0..frames).map(|n| stems.iter().filter_map(|s| s[channel].get(n)).sum()).collect()
    })
}

fn write_wav(path: &Path, samples: &Samples, overwrite: Overwrite) -> Result<()> {
    let channels = samples.each_ref().map(|c| c.iter().map(|&s| f64::from(s) / FULL_SCALE).collect::<Vec<f64>>());
    let block = Block::from_channels(channels.into());
    let spec = Spec {
        format: Format::Wav,
        depth: Depth::Int24,
        sample_rate: SAMPLE_RATE,
        channels: 2,
        dither: Dither::None,
        frames: Some(block.frames() as u64),
    };
    let mut writer = Writer::create(path, spec, overwrite, &[])?;
    writer.write(&block)?;
    writer.finish().map(|_| ())
}

/// What is what, for people.
fn readme() -> String {
    let mut text = String::from(
        "A short song made by `plumb demo`, synthesised from the program's own code; use it as you like (CC0).\n\n\
         reference.wav   the song, well balanced\n\
         mix.wav         the same song with faults planted in it\n\
         stems/          the stems of mix.wav; they add up to it exactly\n\n\
         Planted in mix.wav:\n",
    );
    for fault in planted() {
        let place = fault.time.map_or("throughout".to_owned(), |t| format!("at {:.2} s", t.start_s));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {:<17} {} ({place})", fault.code, fault.what);
    }
    text.push_str(
        "\nTry:\n\
         \x20 plumb check mix.wav --reference reference.wav\n\
         \x20 plumb match mix.wav --reference reference.wav --output matched.wav --report matched.html\n\
         \x20 plumb unmask stems --mix mix.wav --output unmasked --report unmask.html\n",
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_add_up_to_the_mix_without_reaching_full_scale() {
        let mut bad = song::stems();
        faults::plant(&mut bad);
        let stems = bad.each_ref().map(quantise);
        let mix = sum(&stems);
        let peak = mix.iter().flatten().map(|s| s.unsigned_abs()).max().unwrap();
        assert!(f64::from(peak) < 0.95 * FULL_SCALE, "peak {peak}");
        for n in (0..mix[0].len()).step_by(997) {
            assert_eq!(mix[0][n], stems.iter().map(|s| s[0][n]).sum::<i32>());
        }
        assert!(stems.iter().all(|s| s[0].iter().any(|&x| x != 0)), "a stem is silent");
    }

    #[test]
    fn the_song_is_the_same_every_time() {
        assert_eq!(song::stems(), song::stems());
    }
}
