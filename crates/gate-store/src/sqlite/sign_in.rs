//! Sign-in: what one admitted sign-in writes. The refusals come first, so that a refused one has written nothing.

use sqlx::sqlite::SqliteConnection;

use gatewright_audit::record::{Draft, Event};

use super::{audit, members, sessions};
use crate::StoreError;
use crate::rows::{Member, MemberState, RowId, SignIn, SignInDone, WhenFull};

pub(super) async fn write(db: &mut SqliteConnection, sign_in: SignIn) -> Result<SignInDone, StoreError> {
    let session = &sign_in.session;
    let known = members::by_key(db, &session.org, &session.key).await?;
    let owner = match &sign_in.bind_owner {
        Some(mailbox) => members::owner(db, &session.org, mailbox).await?.map(|(member, _)| member),
        None => None,
    };
    let replaced = match sign_in.replaces {
        Some(session) => sessions::parent_by_id(db, session).await?,
        None => None,
    };
    let full = match &known {
        Some(member) => over_limit(db, &sign_in, member.id).await?,
        None => Vec::new(),
    };
    if let Some(refused) = refusal(&sign_in, known.as_ref(), owner, &full) {
        return Ok(refused);
    }

    let member = match &known {
        Some(known) => known.id,
        None => members::join(db, &sign_in).await?,
    };
    members::refresh(db, member, &sign_in).await?;
    keep_person_key(db, &sign_in, known.is_none(), member).await?;
    if let (Some(mailbox), None) = (&sign_in.bind_owner, owner) {
        members::bind_owner(db, &session.org, mailbox, member).await?;
    }
    let mut ended = Vec::new();
    if let Some(old) = &replaced {
        let ids = sessions::delete(db, old.id).await?;
        audit::append_ended(db, (&old.org, old.member), &ids, ("replaced", session.created)).await?;
        ended.extend(ids);
    }
    for oldest in full {
        let ids = sessions::delete(db, oldest).await?;
        audit::append_ended(db, (&session.org, member), &ids, ("concurrent", session.created)).await?;
        ended.extend(ids);
    }
    sessions::insert(db, session, member).await?;
    let drafts = true_drafts(sign_in.audit, known.is_none(), owner.is_none());
    audit::append_of_member(db, drafts, member).await?;
    Ok(SignInDone::Done { member, ended })
}

/// The oldest sessions that one more would be too many for.
async fn over_limit(db: &mut SqliteConnection, sign_in: &SignIn, member: RowId) -> Result<Vec<RowId>, StoreError> {
    let mut parents = sessions::parents_of_member(db, member).await?;
    parents.retain(|session| Some(*session) != sign_in.replaces);
    let room_for = usize::try_from(sign_in.concurrent_max.saturating_sub(1)).unwrap_or(usize::MAX);
    parents.truncate(parents.len().saturating_sub(room_for));
    Ok(parents)
}

fn refusal(sign_in: &SignIn, known: Option<&Member>, owner: Option<RowId>, full: &[RowId]) -> Option<SignInDone> {
    match known.map(|member| member.state) {
        Some(MemberState::Removed) => return Some(SignInDone::Removed),
        None if !sign_in.may_join => return Some(SignInDone::MayNotJoin),
        Some(MemberState::Active) | None => {}
    }
    if owner.is_some_and(|owner| known.is_none_or(|member| member.id != owner)) {
        return Some(SignInDone::OwnerTaken);
    }
    match sign_in.when_full {
        WhenFull::Refuse if !full.is_empty() => Some(SignInDone::SessionsFull),
        WhenFull::Refuse | WhenFull::EndOldest => None,
    }
}

/// Two first sign-ins of one person race: the second finds a member, with records that are sealed under a key of its
/// own. That key is kept beside the member's, so that the records can be read, and erased with the person. Where the
/// member's own key was dropped, it takes its place.
async fn keep_person_key(
    db: &mut SqliteConnection,
    sign_in: &SignIn,
    is_new: bool,
    member: RowId,
) -> Result<(), StoreError> {
    let (key, wrapped) = &sign_in.new_person_key;
    let seals = |draft: &Draft| draft.personal.as_ref().is_some_and(|sealed| sealed.key_id == key.0);
    if is_new || sign_in.audit.iter().any(seals) {
        audit::put_key(db, *key, wrapped, Some(member)).await?;
        members::replace_dropped_key(db, member, *key).await?;
    }
    Ok(())
}

/// What the caller drafted before the transaction may have become untrue in a race.
fn true_drafts(drafts: Vec<Draft>, joined: bool, bound: bool) -> Vec<Draft> {
    let happened =
        |draft: &Draft| (draft.event != Event::MemberJoined || joined) && (draft.event != Event::OwnerBound || bound);
    drafts.into_iter().filter(happened).collect()
}
