//! The configuration, compiled into the snapshot that the engine reads.

use anyhow::Context;
use pabx_model::{AuthUsername, DigestSecrets, Directory, Extension, ExtensionSecrets};
use pabx_sip::digest::ha1;
use pabx_store::{CompiledExtension, Store, WholeBox};
use std::collections::HashMap;

/// Reads all accounts with what belongs to them at one moment, and makes the phones' digest secrets for the realm.
pub fn compile(store: &mut Store, realm: &str) -> anyhow::Result<Directory> {
    let configuration = store.compile(WholeBox).context("reading the configuration")?;
    let slugs: HashMap<_, _> =
        configuration.accounts.iter().map(|account| (account.account_id, account.slug.clone())).collect();
    let mut builder = Directory::builder();
    for extension in configuration.extensions {
        // The database holds every extension to an account.
        let slug = slugs.get(&extension.account_id).context("an extension without account")?;
        let usernames = (
            AuthUsername::of_number(extension.number),
            AuthUsername::of_number_and_slug(extension.number, slug),
        );
        builder = builder.extension(with_secrets(extension, &usernames, realm));
    }
    for (account, routing) in configuration.routing {
        builder = builder.routing(account, routing);
    }
    for account in configuration.accounts {
        builder = builder.account(account);
    }
    builder.build().context("compiling the configuration")
}

fn with_secrets(
    extension: CompiledExtension,
    (number, number_and_slug): &(AuthUsername, AuthUsername),
    realm: &str,
) -> Extension {
    let secrets_of = |username: &AuthUsername| {
        let hashed = ha1(username.as_str(), realm, extension.password.expose());
        DigestSecrets { md5: hashed.md5, sha256: hashed.sha256 }
    };
    let secrets =
        ExtensionSecrets { number: secrets_of(number), number_and_slug: secrets_of(number_and_slug) };
    Extension {
        extension_id: extension.extension_id,
        account_id: extension.account_id,
        number: extension.number,
        name: extension.name,
        status: extension.status,
        max_devices: extension.max_devices,
        ring_seconds: extension.ring_seconds,
        calling_class: extension.calling_class,
        caller_id: extension.caller_id,
        media_encryption: extension.media_encryption,
        secrets,
    }
}
