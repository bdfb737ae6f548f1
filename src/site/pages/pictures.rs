//! Pictures as templates have them: with the sizes that there are, each under a name of its content.

use std::collections::BTreeMap;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

use crate::model::object::{Kind, Object};
use crate::show::{Settings, settings};
use crate::site::SiteError;
use crate::site::address::Addresses;
use crate::site::artwork::{Form, Gallery, Rgb, Variant};

/// A picture for a template.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Picture {
    /// What a browser takes that knows no better: a variant, or the host's own file. An address.
    src: String,
    webp: Vec<Source>,
    jpeg: Vec<Source>,
}

#[derive(Debug, Clone, Serialize)]
struct Source {
    /// A site path.
    path: String,
    /// In pixels.
    width: u32,
}

/// All pictures that have variants, by the address of the host's own file.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    by_url: BTreeMap<String, (Value, Option<(String, u32)>)>,
    /// Site paths of the show's icons, smallest first.
    icons: Vec<String>,
    /// The colour of the show's artwork.
    pub(super) accent: Option<Rgb>,
}

/// The variants of the gallery's pictures, and the files that they are.
///
/// # Errors
/// [`SiteError`] if one has no place in the target.
pub(super) fn publish(
    gallery: &Gallery,
    addresses: &Addresses,
    show: &Settings,
) -> Result<(Pictures, Vec<Object>), SiteError> {
    let mut pictures = Pictures::default();
    let mut objects: BTreeMap<String, Object> = BTreeMap::new();
    let mut publish = |name: &str, variant: &Variant| -> Result<Source, SiteError> {
        let (width, form) = (variant.width, variant.form);
        let path = format!("assets/art/{name}-{width}.{}", form.ending());
        // The same picture under two names is one file.
        if !objects.contains_key(&path) {
            let (key, bytes) = (addresses.key(&path)?, variant.bytes.clone());
            let object = Object::in_memory(key, Kind::Image, form.content_type(), bytes);
            objects.insert(path.clone(), object);
        }
        Ok(Source { path, width })
    };
    let artwork = addresses.url(addresses.artwork(show));
    for (path, made) in gallery {
        let name = made.name();
        let mut of = |form| {
            let variants = made.of_form(form).map(|variant| publish(&name, variant));
            variants.collect::<Result<Vec<_>, _>>()
        };
        let (webp, jpeg) = (of(Form::WebP)?, of(Form::Jpeg)?);
        let Some(url) = addresses.given(path, settings::FILE) else { continue };
        if url == artwork {
            pictures.icons = of(Form::Png)?.into_iter().map(|icon| icon.path).collect();
            pictures.accent = made.accent;
        }
        // Twice the density of a list's row.
        let middle = jpeg.iter().find(|one| one.width >= 176).or(jpeg.last());
        let src = middle.map_or_else(|| url.clone(), |one| addresses.url(&one.path));
        let largest = jpeg.last().map(|one| (addresses.url(&one.path), one.width));
        let picture = Value::from(Serde(Picture { src, webp, jpeg }));
        pictures.by_url.insert(url, (picture, largest));
    }
    Ok((pictures, objects.into_values().collect()))
}

impl Pictures {
    /// The picture whose own file is at this address, for a template.
    pub(super) fn at(&self, url: &str) -> Value {
        match self.by_url.get(url) {
            Some((picture, _)) => picture.clone(),
            None => Value::from(Serde(Picture {
                src: url.to_owned(),
                webp: Vec::new(),
                jpeg: Vec::new(),
            })),
        }
    }

    /// Site paths of the icon for a browser's tab, and for a phone's home screen.
    pub(super) fn icons(&self) -> Option<(&str, &str)> {
        match self.icons.as_slice() {
            [tab, .., home] => Some((tab, home)),
            _ => None,
        }
    }

    /// The address of the largest JPEG of a picture, or its own.
    pub(super) fn largest(&self, url: &str) -> String {
        self.largest_and_width(url).map_or(url, |(largest, _)| largest).to_owned()
    }

    /// The address of the largest JPEG of a picture, and its width, which is its height.
    pub(super) fn largest_and_width(&self, url: &str) -> Option<(&str, u32)> {
        let (_, largest) = self.by_url.get(url)?;
        largest.as_ref().map(|(largest, width)| (largest.as_str(), *width))
    }
}
