//! Street reports as everybody sees them: when they appear, what they never say, what is near, and following them.
use crate::attachments::picture;
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use contract::attachments::Attachment;
use contract::cases::{CaseSummary, Phase};
use contract::dictionary::StateCode;
use contract::id::{CaseId, PublicReportId};
use contract::import::{ImportCase, ImportReport};
use contract::office::{Move, Publication};
use contract::place::{Place, Point};
use contract::public_reports::{Following, Near, NearQuery, PublicPoints, PublicQuery, PublicReport, PublicReportDetails, PublicReports};
use contract::reports::{CategoryCode, NewReport};
use contract::{Page, UtcTime, paths};

async fn sent(who: &Who, key: &str, report: &NewReport) -> CaseId {
    who.create(paths::REPORTS, key, report).await.is(201).json::<CaseSummary>().id
}

/// The desk brings a case into a state, telling its author something private.
async fn moved(house: &House, case: &CaseId, state: &str) {
    let key = format!("{case} {state} {}", house.now());
    let moved = Move {
        state: StateCode(state.into()),
        note: "Gentile Maria Rossi…".into(),
        task: None,
        task_due_on: None,
        channel: None,
        files: vec![],
    };
    house.desk().create(&paths::office_moves(case), &key, &moved).await.is(200);
}

async fn listed(house: &House, query: &PublicQuery) -> PublicReports {
    house.anyone().get(&paths::public_reports(query)).await.is(200).json()
}

/// A report of Maria's that the office has taken in charge.
async fn registered(house: &House, key: &str, report: &NewReport) -> (CaseId, PublicReportId) {
    let case = sent(&house.maria().await, key, report).await;
    let before: Vec<PublicReportId> = listed(house, &PublicQuery::default()).await.items.into_iter().map(|report| report.id).collect();
    moved(house, &case, "registered").await;
    let now = listed(house, &PublicQuery { limit: Some(100), ..PublicQuery::default() }).await.items;
    let id = now.into_iter().map(|report| report.id).find(|id| !before.contains(id)).unwrap();
    (case, id)
}

async fn published(house: &House, case: &CaseId, key: &str, publication: &Publication) -> PublicReportDetails {
    house.desk().create(&paths::office_publication(case), key, publication).await.is(200).json()
}

#[tokio::test]
async fn a_report_is_public_once_it_is_taken_in_charge_and_says_nothing_its_author_wrote() {
    let house = House::new().await;
    let case = sent(&house.maria().await, "k", &good()).await;
    assert_eq!(listed(&house, &PublicQuery::default()).await.items, []);
    moved(&house, &case, "registered").await;
    let page = house.anyone().get(paths::PUBLIC_REPORTS).await.is(200);
    let reports: PublicReports = page.json();
    let [report] = reports.items.as_slice() else { panic!("{}", page.text()) };
    assert_eq!((report.title.as_deref(), report.street.as_str(), report.photo.clone()), (None, "", None));
    assert_eq!((report.category.0.as_str(), report.phase, report.lon, report.lat), ("roads", Phase::Open, Some(11.25), Some(43.77)));
    assert_eq!((report.sent_on.0.as_str(), report.moved_on.0.as_str()), ("2026-11-22", "2026-11-22"));
    let one = house.anyone().get(&paths::public_report(&report.id)).await.is(200);
    let details: PublicReportDetails = one.json();
    assert_eq!((details.text.as_str(), details.office.as_str()), ("", "Ufficio Strade"));
    let steps: Vec<&str> = details.steps.iter().map(|step| step.state.0.as_str()).collect();
    assert_eq!(steps, ["submitted", "registered"]);
    for secret in ["Lampione", "tre giorni", "Maggio", "Maria", "Rossi", case.as_str()] {
        assert!(!page.text().contains(secret) && !one.text().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_the_office_approves_is_shown_and_what_gives_somebody_away_is_withheld_all_the_same() {
    let house = House::new().await;
    let maria = house.maria().await;
    let photo: Attachment = maria.upload("p", "a.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let report = NewReport { details: "Chiamatemi al 333 1234567.".into(), photos: vec![photo.id.clone()], ..good() };
    let (case, id) = registered(&house, "k", &report).await;
    let approved = Publication { citizen_text: true, photos: vec![photo.id.clone()], ..Publication::default() };
    let details = published(&house, &case, "p1", &approved).await;
    assert_eq!((details.report.id.clone(), details.report.title.as_deref()), (id.clone(), Some("Lampione spento")));
    assert_eq!((details.report.street.as_str(), details.text.as_str()), ("Via Maggio 12/R", ""));
    let image = details.report.photo.clone().unwrap();
    assert_eq!((details.photos.len(), &details.photos[0].id, details.photos[0].width > 0), (1, &image, true));
    let bytes = house.anyone().without("x-filo").get(&paths::public_thumbnail(&image)).await.is(200);
    assert_eq!((bytes.header("content-type"), &bytes.body[..3]), ("image/jpeg", &[0xFF, 0xD8, 0xFF][..]));

    let own = Publication { text: "Lampione spento all'incrocio.".into(), ..Publication::default() };
    let details = published(&house, &case, "p2", &own).await;
    assert_eq!((details.text.as_str(), details.report.title, details.photos.len()), ("Lampione spento all'incrocio.", None, 0));
    house.anyone().get(&paths::public_photo(&image)).await.is(404);
    let telling = Publication { text: "Ha chiamato maria@example.org".into(), ..Publication::default() };
    let answer = house.desk().create(&paths::office_publication(&case), "p3", &telling).await.is(422);
    assert_eq!(answer.faults(), ["text:personal_data"]);
    let foreign = Publication { photos: vec![contract::id::AttachmentId("0193".into())], ..Publication::default() };
    assert_eq!(house.desk().create(&paths::office_publication(&case), "p4", &foreign).await.is(422).faults(), ["photos.0:not_found"]);
}

#[tokio::test]
async fn what_is_hidden_or_in_no_public_state_does_not_exist() {
    let house = House::new().await;
    let (case, id) = registered(&house, "k", &good()).await;
    let path = paths::office_publication(&case);
    house.desk().create(&path, "p1", &Publication { hidden: true, ..Publication::default() }).await.is(204);
    house.anyone().get(&paths::public_report(&id)).await.is(404);
    let luca = house.luca().await;
    luca.post(&paths::follow(&id), &()).await.is(404);
    published(&house, &case, "p2", &Publication::default()).await;
    luca.post(&paths::follow(&id), &()).await.is(200);
    moved(&house, &case, "waiting_documents").await;
    house.anyone().get(&paths::public_report(&id)).await.is(404);
    assert_eq!(luca.get(paths::FOLLOWS).await.is(200).json::<Page<PublicReport>>().items, []);
    moved(&house, &case, "resolved").await;
    let details: PublicReportDetails = house.anyone().get(&paths::public_report(&id)).await.is(200).json();
    assert_eq!((details.report.phase, details.report.followers), (Phase::Closed, 1));
    assert_eq!(listed(&house, &PublicQuery::default()).await.resolved_in_a_year, 1);
    let nursery: Page<CaseSummary> = house.maria().await.get("/api/v1/cases?q=sara").await.is(200).json();
    let path = paths::office_publication(&nursery.items[0].id);
    house.desk().create(&path, "p3", &Publication::default()).await.is(404);
}

fn at(lon: f64, lat: f64) -> NewReport {
    NewReport { place: Place { point: Some(Point { lon, lat, accuracy_m: None }), ..good().place }, ..good() }
}

#[tokio::test]
async fn similar_reports_are_near_recent_and_of_the_same_category() {
    let house = House::new().await;
    registered(&house, "old", &at(11.25, 43.77)).await;
    house.pass(91 * 86_400);
    let (_, nearer) = registered(&house, "nearer", &at(11.25, 43.7704)).await;
    let (_, near) = registered(&house, "near", &at(11.25, 43.7713)).await;
    registered(&house, "far", &at(11.25, 43.7714)).await;
    registered(&house, "green", &NewReport { category: CategoryCode("green".into()), answers: [].into(), ..at(11.25, 43.77) }).await;
    sent(&house.maria().await, "fresh", &at(11.25, 43.77)).await;
    let here = NearQuery { category: CategoryCode("roads".into()), lat: 43.77, lon: 11.25 };
    let found: Near = house.anyone().get(&paths::public_near(&here)).await.is(200).json();
    let found: Vec<(PublicReportId, u32)> = found.items.into_iter().map(|item| (item.report.id, item.distance_m)).collect();
    assert_eq!(found, [(nearer, 44), (near, 145)]);
    for wrong in ["lat=NaN&lon=11", "lat=91&lon=11", "lat=43&lon=inf"] {
        house.anyone().get(&format!("{}?category=roads&{wrong}", paths::PUBLIC_NEAR)).await.is(422);
    }
    house.anyone().get(&format!("{}?category=roads", paths::PUBLIC_NEAR)).await.is(400);
}

#[tokio::test]
async fn the_list_and_the_map_are_filtered_alike() {
    let house = House::new().await;
    let (case, closed) = registered(&house, "closed", &at(11.20, 43.70)).await;
    moved(&house, &case, "resolved").await;
    let (_, open) = registered(&house, "open", &at(11.30, 43.80)).await;
    let words = Place { point: None, ..good().place };
    let (_, green) =
        registered(&house, "green", &NewReport { category: CategoryCode("green".into()), answers: [].into(), place: words, ..good() })
            .await;
    let all = PublicQuery::default();
    for (query, list, map) in [
        (all.clone(), vec![&green, &open, &closed], vec![&open, &closed]),
        (PublicQuery { category: Some("green,moon".into()), ..all.clone() }, vec![&green], vec![]),
        (PublicQuery { category: Some("gre\0en".into()), ..all.clone() }, vec![], vec![]),
        (PublicQuery { phase: Some(Phase::Closed), ..all.clone() }, vec![&closed], vec![&closed]),
        (PublicQuery { bbox: Some("11.25,43.75,11.35,43.85".into()), ..all.clone() }, vec![&open], vec![&open]),
        (PublicQuery { category: Some("roads".into()), phase: Some(Phase::Open), ..all.clone() }, vec![&open], vec![&open]),
    ] {
        let found = listed(&house, &query).await;
        let mut ids: Vec<&PublicReportId> = found.items.iter().map(|report| &report.id).collect();
        let points: PublicPoints = house.anyone().get(&paths::public_points(&query)).await.is(200).json();
        let mut on_map: Vec<&PublicReportId> = points.items.iter().map(|point| &point.id).collect();
        let (mut list, mut map) = (list, map);
        [&mut ids, &mut on_map, &mut list, &mut map].into_iter().for_each(|ids| ids.sort());
        assert_eq!((&ids, found.total as usize, &on_map, points.total as usize), (&list, list.len(), &map, map.len()), "{query:?}");
    }
    for wrong in ["bbox=1,2,3", "bbox=a,b,c,d", "phase=unknown", "after=x"] {
        house.anyone().get(&format!("{}?{wrong}", paths::PUBLIC_REPORTS)).await.is(422);
    }
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended_and_a_thousand_points_travel_at_once() {
    let house = House::new().await;
    let mut file = crate::people::file();
    let one = file.cases[0].clone();
    file.cases.extend((0..1000).map(|n| ImportCase {
        key: format!("street{n}"),
        kind: contract::dictionary::KindCode("street_report".into()),
        title: format!("Buca {n}"),
        documents: vec![],
        steps: vec![
            crate::people::step("submitted", "2026-11-01T08:00:00Z", true),
            crate::people::step("registered", "2026-11-02T08:00:00Z", false),
        ],
        report: Some(ImportReport {
            category: CategoryCode("roads".into()),
            place: Place { point: Some(Point { lon: 11.2 + f64::from(n) / 1e4, lat: 43.77, accuracy_m: None }), ..good().place },
            approved: n % 2 == 0,
        }),
        ..one.clone()
    }));
    house.bring(&file).await;
    let mut query = PublicQuery { limit: Some(100), ..PublicQuery::default() };
    let mut ids = std::collections::BTreeSet::new();
    let mut titles = 0;
    loop {
        let page = listed(&house, &query).await;
        assert_eq!(page.total, 1000);
        titles += page.items.iter().filter(|report| report.title.is_some()).count();
        ids.extend(page.items.into_iter().map(|report| report.id));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert_eq!((ids.len(), titles), (1000, 500));
    let answer = house.anyone().get(paths::PUBLIC_POINTS).await.is(200);
    assert_eq!(answer.json::<PublicPoints>().items.len(), 1000);
    assert!(answer.body.len() < 150_000, "{} bytes", answer.body.len());
}

#[tokio::test]
async fn saying_anche_io_twice_is_saying_it_once_and_it_can_be_taken_back() {
    let house = House::new().await;
    let (_, id) = registered(&house, "k", &good()).await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let path = paths::follow(&id);
    for _ in 0..2 {
        let following: Following = luca.post(&path, &()).await.is(200).json();
        assert_eq!(following, Following { following: true, followers: 1 });
    }
    assert_eq!(maria.post(&path, &()).await.is(200).json::<Following>().followers, 2);
    let mine: Page<PublicReport> = luca.get(&paths::follows(None)).await.is(200).json();
    assert_eq!(mine.items.iter().map(|report| (&report.id, report.followers)).collect::<Vec<_>>(), [(&id, 2)]);
    for _ in 0..2 {
        let following: Following = luca.delete(&path).await.is(200).json();
        assert_eq!(following, Following { following: false, followers: 1 });
    }
    assert_eq!(luca.get(paths::FOLLOWS).await.is(200).json::<Page<PublicReport>>().items, []);
    luca.delete(&paths::follow(&PublicReportId("0193".into()))).await.is(404);
}

#[tokio::test]
async fn the_list_of_what_i_follow_has_pages() {
    let house = House::new().await;
    let luca = house.luca().await;
    let mut ids = Vec::new();
    for n in 0..3 {
        house.pass(1);
        let (_, id) = registered(&house, &format!("k{n}"), &good()).await;
        luca.post(&paths::follow(&id), &()).await.is(200);
        ids.insert(0, id);
    }
    let first: Page<PublicReport> = luca.get(&format!("{}?limit=2", paths::FOLLOWS)).await.is(200).json();
    let next: Page<PublicReport> = luca.get(&paths::follows(first.next.as_deref())).await.is(200).json();
    let found: Vec<PublicReportId> = first.items.into_iter().chain(next.items).map(|report| report.id).collect();
    assert_eq!((found, next.next), (ids, None));
}

#[tokio::test]
async fn an_import_of_a_report_whose_category_nobody_knows_is_refused() {
    let house = House::empty().await;
    let mut file = crate::people::file();
    file.cases[0].report = Some(ImportReport { category: CategoryCode("moon".into()), place: good().place, approved: false });
    file.cases[0].steps[0].at = Some(UtcTime("2026-11-01T08:00:00Z".into()));
    let error = crm::import::import(&house.crm, &file).await.unwrap_err();
    assert!(error.to_string().contains("category"), "{error}");
}
