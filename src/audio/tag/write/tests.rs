use std::fs as std_fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::audio::tag::{TagSpec, render};

const PAYLOAD: &[u8] = b"\xff\xfb\x90\x00 not really frames, but bytes that must stay";

/// A file of `before`, payload and `behind` in a folder of its own.
fn file(before: &[u8], behind: &[u8]) -> (TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("épisode 1.mp3");
    std_fs::write(&path, [before, PAYLOAD, behind].concat()).unwrap();
    let start = before.len() as u64;
    let payload = start..start + PAYLOAD.len() as u64;
    (folder, Source { path, payload, payload_sha256: Sha256::of(PAYLOAD) })
}

fn tag(existing: &[u8]) -> Vec<u8> {
    let spec = TagSpec { title: Some("Été".to_owned()), ..TagSpec::default() };
    render(&spec, existing).unwrap()
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = std_fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn the_file_becomes_tag_and_payload_and_nothing_else() {
    let id3v1 = [b"TAG".as_slice(), &[b' '; 125]].concat();
    let (folder, source) = file(b"ID3\x03\0\0\0\0\0\x03\0\0\0", &id3v1);
    let mode = std_fs::Permissions::from_mode(0o640);
    std_fs::set_permissions(&source.path, mode).unwrap();
    // What a killed run left behind.
    drop(new_file(folder.path(), &source.path).unwrap().keep().unwrap());
    assert_eq!(names(&folder).len(), 2);

    let tag = tag(&existing_tag(&source.path, &source.payload).unwrap());
    let written = write_in_place(&source, &tag).unwrap();
    assert_eq!(written, Written::Replaced { bytes: (tag.len() + PAYLOAD.len()) as u64 });
    assert_eq!(std_fs::read(&source.path).unwrap(), [&tag, PAYLOAD].concat());
    assert_eq!(source.path.metadata().unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(names(&folder), ["épisode 1.mp3"]);
}

#[test]
fn labels_of_the_old_file_go_over_to_the_new_one() {
    let (_folder, source) = file(b"", b"");
    // Not every file system has them.
    if fs::setxattr(&source.path, "user.label", b"red", XattrFlags::CREATE).is_err() {
        return;
    }
    write_in_place(&source, &tag(b"")).unwrap();
    let mut label = [0; 8];
    let len = fs::getxattr(&source.path, "user.label", &mut label[..]).unwrap();
    assert_eq!(&label[..len], b"red");
}

#[test]
fn a_second_time_nothing_is_touched() {
    let (_folder, mut source) = file(b"", b"");
    let tag = tag(b"");
    write_in_place(&source, &tag).unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options().write(true).open(&source.path).unwrap().set_modified(long_ago).unwrap();
    let before = source.path.metadata().unwrap();

    source.payload = tag.len() as u64..(tag.len() + PAYLOAD.len()) as u64;
    assert_eq!(write_in_place(&source, &tag).unwrap(), Written::Unchanged);
    let after = source.path.metadata().unwrap();
    assert_eq!((after.ino(), after.modified().unwrap()), (before.ino(), long_ago));
}

#[test]
fn another_payload_than_was_judged_is_refused() {
    let (folder, mut source) = file(b"abc", b"");
    let whole = std_fs::read(&source.path).unwrap();
    let mut refuse = |change: &dyn Fn(&mut Source)| {
        change(&mut source);
        let error = write_in_place(&source, &tag(b"")).unwrap_err();
        assert!(matches!(error, WriteError::Changed(_)), "{error}");
        assert_eq!(std_fs::read(&source.path).unwrap(), whole);
        assert_eq!(names(&folder), ["épisode 1.mp3"]);
    };
    refuse(&|source| source.payload.start = 2);
    refuse(&|source| source.payload.end += 5);
    refuse(&|source| source.payload = Range { start: 9, end: 5 });
}

#[test]
fn damage_is_found_even_where_the_tag_is_right_already() {
    let tag = tag(b"");
    let (_folder, mut source) = file(&tag, b"");
    source.payload_sha256 = Sha256::of(b"something else");
    assert!(matches!(write_in_place(&source, &tag), Err(WriteError::Changed(_))));
}

#[test]
fn only_regular_files_are_replaced() {
    let (folder, mut source) = file(b"", b"");
    let link = folder.path().join("link.mp3");
    symlink(&source.path, &link).unwrap();
    for other in [link, folder.path().to_owned()] {
        source.path = other;
        let error = write_in_place(&source, &tag(b"")).unwrap_err();
        assert!(matches!(error, WriteError::NotAFile(_)), "{error}");
    }
    source.path = folder.path().join("missing.mp3");
    let error = write_in_place(&source, &tag(b"")).unwrap_err();
    assert!(matches!(error, WriteError::Io { action: "read", .. }), "{error}");
}

#[test]
fn a_link_under_the_new_files_name_is_never_followed() {
    let (folder, source) = file(b"", b"");
    let victim = folder.path().join("victim");
    std_fs::write(&victim, "precious").unwrap();
    let temp = new_file(folder.path(), &source.path).unwrap();
    let name = temp.path().to_owned();
    drop(temp);
    symlink(&victim, &name).unwrap();
    write_in_place(&source, &tag(b"")).unwrap();
    assert_eq!(std_fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn two_runs_do_not_meet_in_one_file() {
    let (_folder, source) = file(b"", b"");
    let lock = File::open(&source.path).unwrap();
    lock.lock().unwrap();
    assert!(matches!(write_in_place(&source, &tag(b"")), Err(WriteError::Busy(_))));
    drop(lock);
    write_in_place(&source, &tag(b"")).unwrap();
}

#[test]
fn a_disk_too_small_is_found_before_anything_is_written() {
    let (folder, source) = file(b"", b"");
    let error = ensure_space(folder.path(), &source.path, u64::MAX).unwrap_err();
    assert!(matches!(error, WriteError::NoSpace { needed: u64::MAX, .. }), "{error}");
    ensure_space(folder.path(), &source.path, 1).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_payload_stays_whatever_stood_around_it(
        before in crate::audio::tag::tests::any_existing(),
        behind in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (_folder, mut source) = file(&before, &behind);
        let new = tag(&existing_tag(&source.path, &source.payload).unwrap());
        write_in_place(&source, &new).unwrap();
        let bytes = std_fs::read(&source.path).unwrap();
        prop_assert_eq!(&bytes[..new.len()], &new);
        prop_assert_eq!(&bytes[new.len()..], PAYLOAD);

        source.payload = new.len() as u64..bytes.len() as u64;
        let again = tag(&existing_tag(&source.path, &source.payload).unwrap());
        prop_assert_eq!(write_in_place(&source, &again).unwrap(), Written::Unchanged);
    }
}
