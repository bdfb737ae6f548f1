//! Languages as ID3 wants them: three letters of ISO 639-2.

use std::fmt;

/// A language code of ISO 639-2/T, such as `fra` (ID3v2.3.0, section 4.2.1, `TLAN`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// ID3's own code for a language that is not known (ID3v2.4.0 structure, section 4).
    pub const UNKNOWN: Self = Self(*b"XXX");

    /// The language that a tag such as `fr`, `fr-CA`, `pt_BR` or `fra` names (RFC 5646: the first
    /// part is the language).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        if !primary.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        if let Ok(three) = <[u8; 3]>::try_from(primary.as_bytes()) {
            return Some(Self(three));
        }
        let entry = ISO_639.split_ascii_whitespace().find(|entry| entry[..2] == *primary)?;
        entry.as_bytes()[2..].try_into().ok().map(Self)
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every two-letter code of ISO 639-1, each followed by its three letters in ISO 639-2/T.
const ISO_639: &str = "
    aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bibis
    bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym dadan dedeu
    dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin fjfij fofao frfra fyfry
    gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv hthat huhun hyhye hzher iaina
    idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn jvjav kakat kgkon kikik kjkua kkkaz
    klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin lolao
    ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal mnmon mrmar msmsa mtmlt mymya nanau nbnob ndnde
    nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan pipli plpol
    pspus ptpor quque rmroh rnrun roron rurus rwkin sasan scsrd sdsnd sesme sgsag shhbs sisin skslk
    slslv smsmo snsna sosom sqsqi srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir
    tktuk tltgl tntsn toton trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol
    wawln wowol xhxho yiyid yoyor zazha zhzho zuzul";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_become_three_letters() {
        for (tag, three) in [
            ("fr", "fra"),
            ("fr-CA", "fra"),
            ("FR_fr", "fra"),
            ("en", "eng"),
            ("de-AT", "deu"),
            ("zh-Hans", "zho"),
            ("zu", "zul"),
            ("aa", "aar"),
            ("gsw", "gsw"),
        ] {
            assert_eq!(Language::from_tag(tag).unwrap().as_str(), three, "{tag}");
        }
        for bad in ["", "f", "français", "xx", "é", "1234", "--"] {
            assert_eq!(Language::from_tag(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_table_is_whole() {
        let entries: Vec<_> = ISO_639.split_ascii_whitespace().collect();
        assert_eq!(entries.len(), 184);
        assert!(entries.is_sorted());
        assert!(entries.iter().all(|e| e.len() == 5 && e.bytes().all(|b| b.is_ascii_lowercase())));
    }
}
