//! The page and the list that show what arrived on the town's phones.
use crate::street::{Street, Tested, open};
use serde_json::{Value, json};

async fn street() -> Result<Street, Box<dyn std::error::Error>> {
    open(|config| {
        config.io_key = "key".to_owned();
        config.sms_token = "token".to_owned();
    })
    .await
}

async fn sms(street: &Street, token: &str, message: Value) -> Result<u16, Box<dyn std::error::Error>> {
    Ok(street.http.post(format!("{}/sms", street.url)).bearer_auth(token).json(&message).send().await?.status().as_u16())
}

#[tokio::test]
async fn what_arrived_is_shown_with_whom_it_is_for_and_can_do_nothing() -> Tested {
    let street = street().await?;
    let empty = street.http.get(format!("{}/phone", street.url)).send().await?.text().await?;
    assert!(empty.contains("Non è ancora arrivato niente."), "{empty}");
    let message = json!({ "id": "1", "to": "+393000000101", "text": "Ciao <b>Maria</b>\nA presto", "from": "<Comune>" });
    assert_eq!(sms(&street, "token", message).await?, 202);
    let page = street.http.get(format!("{}/phone", street.url)).send().await?.text().await?;
    for part in ["Ciao &lt;b&gt;Maria&lt;/b&gt;<br>\nA presto", "da &lt;Comune&gt; a Maria Rossi (+393000000101)", "SMS"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_key_or_with_another_nobody_gets_in() -> Tested {
    let message = json!({ "id": "1", "to": "+393000000101", "text": "Ciao", "from": "Comune" });
    let profile = json!({ "fiscal_code": "RSSMRA86D52D612U" });
    let closed = open(|_| ()).await?;
    let open = street().await?;
    for (street, key) in [(&closed, ""), (&open, ""), (&open, "other")] {
        assert_eq!(sms(street, key, message.clone()).await?, 401);
        let asked = street.http.post(format!("{}/io/profiles", street.url)).header("Ocp-Apim-Subscription-Key", key).json(&profile);
        assert_eq!(asked.send().await?.status(), 401);
        assert_eq!(street.http.post(format!("{}/push/a", street.url)).header("TTL", "1").send().await?.status(), 401);
    }
    Ok(())
}

#[tokio::test]
async fn a_message_for_who_does_not_want_it_is_taken_and_never_shown() -> Tested {
    let street = street().await?;
    let content = json!({ "subject": "Una novità per te", "markdown": "Parole. ".repeat(12) });
    for (fiscal_code, shown) in [("BNDGNI47B03D61NM", 0), ("FRRGLI03P61F205O", 0), ("RSSMRA86D52D612U", 1)] {
        let message = json!({ "fiscal_code": fiscal_code, "time_to_live": 3600, "content": content });
        let request = street.http.post(format!("{}/io/messages", street.url)).header("Ocp-Apim-Subscription-Key", "key").json(&message);
        assert_eq!(request.send().await?.status(), 201);
        let list: Vec<Value> = street.http.get(format!("{}/phone.json", street.url)).send().await?.json().await?;
        assert_eq!(list.len(), shown, "{fiscal_code}");
    }
    let short = json!({ "fiscal_code": "RSSMRA86D52D612U", "time_to_live": 60, "content": content });
    let request = street.http.post(format!("{}/io/messages", street.url)).header("Ocp-Apim-Subscription-Key", "key").json(&short);
    assert_eq!(request.send().await?.status(), 400);
    Ok(())
}
