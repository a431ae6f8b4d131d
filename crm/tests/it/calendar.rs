//! The days of a case for a calendar.
use crate::house::House;
use contract::cases::CaseSummary;
use contract::{Page, paths};

#[tokio::test]
async fn the_days_of_a_case_go_into_a_calendar() {
    let house = House::new().await;
    let maria = house.maria().await;
    let cases: Page<CaseSummary> = maria.get(paths::CASES).await.is(200).json();
    for case in &cases.items {
        let task_day = case.task.as_ref().and_then(|task| task.due_on.clone());
        let answer_day = case.due_on.clone().filter(|_| case.phase == contract::cases::Phase::Open);
        let answer = maria.get(&paths::case_calendar(&case.id, "it")).await;
        let days: Vec<_> = task_day.into_iter().chain(answer_day).collect();
        if days.is_empty() {
            answer.is(404);
            continue;
        }
        let answer = answer.is(200);
        assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
        assert!(answer.header("content-disposition").contains(&format!("{}.ics", case.number.0)));
        let text = answer.text();
        assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
        assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), days.len());
        for day in days {
            assert!(text.contains(&format!("DTSTART;VALUE=DATE:{}\r\n", day.0.replace('-', ""))), "{text}");
        }
        assert!(text.lines().all(|line| line.trim_end_matches('\r').len() <= 75), "{text}");
        // The same day again takes the place of the one before.
        let again = maria.get(&paths::case_calendar(&case.id, "en")).await.is(200).text();
        let names = |text: &str| text.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names(&again), names(&text));
        house.luca().await.get(&paths::case_calendar(&case.id, "it")).await.is(404);
    }
}
