//! Apple Podcasts' categories.

use super::words::nearest;

/// Apple Podcasts' categories and their subcategories.
pub const CATEGORIES: [(&str, &[&str]); 19] = [
    ("Arts", &["Books", "Design", "Fashion & Beauty", "Food", "Performing Arts", "Visual Arts"]),
    (
        "Business",
        &["Careers", "Entrepreneurship", "Investing", "Management", "Marketing", "Non-Profit"],
    ),
    ("Comedy", &["Comedy Interviews", "Improv", "Stand-Up"]),
    ("Education", &["Courses", "How To", "Language Learning", "Self-Improvement"]),
    ("Fiction", &["Comedy Fiction", "Drama", "Science Fiction"]),
    ("Government", &[]),
    ("History", &[]),
    (
        "Health & Fitness",
        &["Alternative Health", "Fitness", "Medicine", "Mental Health", "Nutrition", "Sexuality"],
    ),
    ("Kids & Family", &["Education for Kids", "Parenting", "Pets & Animals", "Stories for Kids"]),
    (
        "Leisure",
        &[
            "Animation & Manga",
            "Automotive",
            "Aviation",
            "Crafts",
            "Games",
            "Hobbies",
            "Home & Garden",
            "Video Games",
        ],
    ),
    ("Music", &["Music Commentary", "Music History", "Music Interviews"]),
    (
        "News",
        &[
            "Business News",
            "Daily News",
            "Entertainment News",
            "News Commentary",
            "Politics",
            "Sports News",
            "Tech News",
        ],
    ),
    (
        "Religion & Spirituality",
        &["Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "Religion", "Spirituality"],
    ),
    (
        "Science",
        &[
            "Astronomy",
            "Chemistry",
            "Earth Sciences",
            "Life Sciences",
            "Mathematics",
            "Natural Sciences",
            "Nature",
            "Physics",
            "Social Sciences",
        ],
    ),
    (
        "Society & Culture",
        &["Documentary", "Personal Journals", "Philosophy", "Places & Travel", "Relationships"],
    ),
    (
        "Sports",
        &[
            "Baseball",
            "Basketball",
            "Cricket",
            "Fantasy Sports",
            "Football",
            "Golf",
            "Hockey",
            "Rugby",
            "Running",
            "Soccer",
            "Swimming",
            "Tennis",
            "Volleyball",
            "Wilderness",
            "Wrestling",
        ],
    ),
    ("Technology", &[]),
    ("True Crime", &[]),
    (
        "TV & Film",
        &["After Shows", "Film History", "Film Interviews", "Film Reviews", "TV Reviews"],
    ),
];

/// The category that a person means: its number in the list, its name in any case, or `News > Tech News`,
/// with `/` or `:` as well. A subcategory alone says its category.
///
/// # Errors
/// The nearest name, if one is near.
pub fn category(text: &str) -> Result<(&'static str, Option<&'static str>), Option<&'static str>> {
    let mut parts = text.splitn(2, ['>', '/', ':']).map(str::trim);
    let (top, sub) = (parts.next().unwrap_or_default(), parts.next().filter(|sub| !sub.is_empty()));
    let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let number = top.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_name = CATEGORIES.iter().find(|(name, _)| same(name, top));
    let found = number.and_then(|at| CATEGORIES.get(at)).or(by_name);
    let Some((name, subs)) = found else {
        let all =
            || CATEGORIES.iter().flat_map(|(top, subs)| subs.iter().map(move |it| (*top, *it)));
        if let Some((name, only)) = all().find(|(_, it)| same(it, top)).filter(|_| sub.is_none()) {
            return Ok((name, Some(only)));
        }
        let names = CATEGORIES.iter().map(|(top, _)| *top).chain(all().map(|(_, sub)| sub));
        return Err(nearest_of(top, &names.collect::<Vec<_>>()));
    };
    match sub {
        None => Ok((name, None)),
        Some(sub) => match subs.iter().find(|it| same(it, sub)) {
            Some(sub) => Ok((name, Some(sub))),
            None => Err(nearest_of(sub, subs)),
        },
    }
}

fn nearest_of(text: &str, names: &[&'static str]) -> Option<&'static str> {
    let near = nearest(text, names)?;
    names.iter().find(|name| **name == near).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_found_as_people_write_it() {
        assert_eq!(category("1"), Ok(("Arts", None)));
        assert_eq!(category("technology"), Ok(("Technology", None)));
        assert_eq!(category("News > tech news"), Ok(("News", Some("Tech News"))));
        assert_eq!(category("TV & Film/After Shows"), Ok(("TV & Film", Some("After Shows"))));
        assert_eq!(category("Documentary"), Ok(("Society & Culture", Some("Documentary"))));
        assert_eq!(category("Tecnology"), Err(Some("Technology")));
        assert_eq!(category("News > Tech"), Err(None));
        assert_eq!(category("0"), Err(None));
        assert_eq!(category("20"), Err(None));
    }
}
