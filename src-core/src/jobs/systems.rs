//! Playback systems by name or file: those that come with the tool, and the user's own.

use super::dates::moment;
use super::files::write_whole;
use super::memory::Stamp;
use crate::audio::{Block, Source};
use crate::decode;
use crate::encode::Overwrite;
use crate::error::{Error, Result};
use crate::models::system::{self, System};
use crate::playback::import::{self, Kind};
use std::path::{Path, PathBuf};

/// Longest impulse response that is read, frames.
const LONGEST_IMPULSE: usize = 1 << 22;

/// Largest system file, bytes.
const LARGEST_BYTES: u64 = 4 << 20;

/// The folder of the user's own systems: `plumbline/systems` in the user's configuration. None where the system names no such place.
pub fn own_folder() -> Option<PathBuf> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from).filter(|p| p.is_absolute());
    let config = from("XDG_CONFIG_HOME").or_else(|| from("APPDATA")).or_else(|| from("HOME").map(|home| home.join(".config")))?;
    Some(config.join("plumbline").join("systems"))
}

/// All systems: those that come with the tool, then the user's own by name.
///
/// # Errors
/// A damaged file among the user's own, by its path.
pub fn all_systems() -> Result<Vec<System>> {
    let mut systems = system::all()?;
    systems.extend(own_systems()?);
    Ok(systems)
}

/// The user's own systems by name; none where there is no folder yet.
///
/// # Errors
/// A damaged file, by its path.
pub fn own_systems() -> Result<Vec<System>> {
    let Some(folder) = own_folder().filter(|f| f.is_dir()) else { return Ok(Vec::new()) };
    let entries = std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, "cannot read", e))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "json"));
    paths.sort();
    paths.iter().map(|p| read_system(p)).collect()
}

/// The systems that a list of names or files means; all that come with the tool for an empty list.
///
/// # Errors
/// A name that is no system, with the list of those known; a damaged file.
pub fn chosen_systems(names: &[String]) -> Result<Vec<System>> {
    if names.is_empty() {
        return system::all();
    }
    let mut out: Vec<System> = Vec::new();
    for name in names {
        let found = find_system(name)?;
        if out.iter().all(|known| known.name != found.name) {
            out.push(found);
        }
    }
    Ok(out)
}

/// The system of a name (the user's own first) or in a file.
///
/// # Errors
/// As [`chosen_systems`].
pub fn find_system(name: &str) -> Result<System> {
    let path = Path::new(name);
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json")) {
        return read_system(path);
    }
    if let Some(own) = own_systems()?.into_iter().find(|s| s.name == name) {
        return Ok(own);
    }
    if let Some(found) = system::find(name)? {
        return Ok(found);
    }
    if path.is_file() {
        return read_measurement(path);
    }
    let known: Vec<&str> = system::names().collect();
    Err(Error::setting(
        name,
        "is no playback system and no file",
        format!("known are {}; `plumb systems import FILE` adds your own", known.join(", ")),
    ))
}

fn read_system(path: &Path) -> Result<System> {
    System::parse(path, &read_text(path, LARGEST_BYTES)?)
}

fn read_text(path: &Path, most: u64) -> Result<String> {
    let io = |e| Error::io(path, "cannot read", e);
    let facts = std::fs::metadata(path).map_err(io)?;
    if facts.len() > most {
        let problem = format!("it is {} MB long", facts.len() >> 20);
        return Err(Error::Malformed { path: path.to_owned(), problem, hint: "a curve takes a few kilobytes; check the file" });
    }
    let bytes = std::fs::read(path).map_err(io)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A system made of a measurement: AutoEq CSV, parametric text, REW text, or an impulse response in an audio file.
///
/// # Errors
/// [`Error::Malformed`] where the file is none of these.
pub fn read_measurement(path: &Path) -> Result<System> {
    let name = plain_name(path)?;
    let audio = path.extension().is_some_and(|e| ["wav", "flac", "aiff", "aif"].iter().any(|known| e.eq_ignore_ascii_case(known)));
    let (kind, curve) = if audio {
        let (channels, rate) = read_impulse(path)?;
        (Kind::Impulse, import::of_impulse(&channels, rate))
    } else {
        import::read_text(path, &read_text(path, import::MOST_BYTES)?)?
    };
    import::system(path, &name, kind, &curve, &date_of(path))
}

/// Name on the command line made of a file's name: small letters, digits and `_`.
fn plain_name(path: &Path) -> Result<String> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(64).collect();
    let name = plain.trim_matches('_').to_owned();
    if name.is_empty() {
        return Err(Error::setting(
            path.display().to_string(),
            "no name for a system can be made of this file's",
            "rename it with letters or digits",
        ));
    }
    Ok(name)
}

/// Day on which the file was last changed, `YYYY-MM-DD`.
fn date_of(path: &Path) -> String {
    Stamp::of(path).map(|stamp| moment(stamp.modified_ms)).unwrap_or_default().chars().take(10).collect()
}

fn read_impulse(path: &Path) -> Result<(Vec<Vec<f32>>, u32)> {
    let mut source = decode::open(path)?;
    let rate = source.info().sample_rate;
    let mut channels = vec![Vec::new(); source.info().layout.channel_count()];
    let mut block = Block::default();
    while source.read(&mut block)? > 0 {
        for (all, new) in channels.iter_mut().zip(block.channels()) {
            all.extend_from_slice(new);
        }
        if channels.first().is_some_and(|c| c.len() > LONGEST_IMPULSE) {
            let problem = "it is too long for an impulse response".into();
            return Err(Error::Malformed { path: path.to_owned(), problem, hint: "give the response, not the sweep" });
        }
    }
    Ok((channels, rate))
}

/// Adds a measurement or a system file to the user's own systems; returns it and where it was written.
///
/// # Errors
/// Those of reading; [`Error::InvalidSetting`] where there is no folder for it; [`Error::Io`] where one of that name is there already
/// and may not be replaced.
pub fn import_system(path: &Path, overwrite: Overwrite) -> Result<(System, PathBuf)> {
    let is_system = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let system = if is_system { read_system(path)? } else { read_measurement(path)? };
    let Some(folder) = own_folder() else {
        return Err(Error::setting("plumb systems import", "this system names no folder for settings", "set XDG_CONFIG_HOME to a folder"));
    };
    std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, "cannot make the folder", e))?;
    let target = folder.join(format!("{}.json", system.name));
    write_whole(&target, system.to_json()?.as_bytes(), overwrite, &[path])?;
    Ok((system, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_found_by_name_or_file_and_an_unknown_one_lists_the_known() {
        assert_eq!(find_system("club_pa").unwrap().title, "Club");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.json");
        std::fs::write(&path, system::find("tv").unwrap().unwrap().to_json().unwrap()).unwrap();
        assert_eq!(find_system(path.to_str().unwrap()).unwrap().name, "tv");
        let message = find_system("gramophone").unwrap_err().to_string();
        assert!(message.contains("gramophone") && message.contains("car_parked"), "{message}");
        assert_eq!(chosen_systems(&[]).unwrap().len(), 18);
        assert_eq!(chosen_systems(&["tv".into(), "tv".into()]).unwrap().len(), 1);
    }

    #[test]
    fn a_measurement_gets_its_name_and_date_from_its_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("My Speaker (left).txt");
        let rows: String = (0..60).map(|i| format!("{} {}\n", 20.0 * 1.13f64.powi(i), 80.0)).collect();
        std::fs::write(&path, rows).unwrap();
        let mine = read_measurement(&path).unwrap();
        assert_eq!(mine.name, "my_speaker__left");
        assert!(mine.date.starts_with("20") && mine.date.len() == 10, "{}", mine.date);
        assert_eq!(mine.response.mean_db, [0.0; 31]);
    }
}
