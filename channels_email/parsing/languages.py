"""What mail programs write around quoted and forwarded mail, in the languages they speak. Words only, no logic."""

# Field -> labels, as mail programs print a header block above a quoted or forwarded message.
LABELS: dict[str, str] = {
    "from": "From|Von|De|Da|Van|Från|Fra|Od|Lähettäjä|Feladó|Expeditorul|Expeditor|De la|De către|Отправитель|От кого"
        "|От"
    "|Від кого|Від|Kimden|Gönderen|Šalje|Nadawca|Mittente|Saatja|Remitente|Expéditeur|Absender|Afzender|Avsändare"
    "|送信元|差出人|发件人|寄件者|寄件人|보낸 사람|보낸사람|Από|Pošiljatelj|Nuo|No|Từ|Dari|מאת|من|จาก|Frå|Pengirim",
    "date": "Date|Sent|Sent on|Datum|Gesendet|Gesendet am|Fecha|Enviado|Enviado el|Enviado em|Enviada em|Envoyé"
        "|Envoyé le"
    "|Data|Inviato|Inviato il|Verzonden|Verzonden op|Skickat|Skickat den|Sendt|Dato|Odesláno|Wysłano|Lähetetty"
    "|Päivämäärä|Päiväys|Küldve|Elküldve|Dátum|Trimis|Отправлено|Дата|Надіслано|Tarih|Gönderildi|Gönderme Tarihi"
    "|Poslano|Odoslané|Odoslaná|日付|送信日時|日時|发送时间|发送日期|日期|時間|寄件日期|보낸 날짜|날짜|Ημερομηνία"
    "|Kuupäev"
    "|Saadetud|Išsiųsta|Ngày|Tanggal|תאריך|التاريخ|Data da|Skickades",
    "to": "To|An|À|A|Para|Aan|Till|Til|Komu|Do|Vastaanottaja|Címzett|Către|Catre|Кому|Kime|Alıcı|Prima|Příjemce"
    "|Adresat|Mottaker|Mottagare|Destinatario|Destinataire|Destinatário|Empfänger|Ontvanger|Pour|宛先|送信先|收件人"
    "|받는 사람"
    "|받는사람|Προς|Saaja|Kam|Đến|Kepada|אל|إلى|Modtager",
    "cc": "Cc|CC|Dw|Kopie|Copie à|Copie|Copia|Copia a|Con copia a|Cópia|Kopia|Kopi|DW|Kopio|Másolat|Másolatot kap"
        "|Копия|Копію"
    "|Копія|Bilgi|Kopija|Kópia|抄送|副本|참조|Κοιν\\.|Κοινοποίηση|Koopia|Tembusan|עותק|نسخة|Másolatot kapja",
    "subject": "Subject|Betreff|Asunto|Objet|Sujet|Oggetto|Onderwerp|Assunto|Ämne|Emne|Předmět|Temat|Predmet|Aihe|Tárgy"
    "|Subiectul|Subiect|Тема|Konu|Naslov|件名|主题|主旨|標題|제목|Θέμα|Teema|Tema|Temats|Chủ đề|Tiêu đề|Perihal|נושא"
    "|الموضوع",
    "other": "Reply-To|Antwort an|Antwortadresse|Répondre à|Réponse à|Responder a|Rispondi a|Risposta|Antwoord aan"
        "|Svara till"
    "|Svar til|Odpovědět|Odpovědět komu|Odpowiedź do|Odpowiedz do|Vastausosoite|Vastaus|Válaszcím|Ответить|Ответ"
    "|Відповісти"
    "|Yanıt Adresi|Yanıt|Odgovori|Odgovor|Odpoveď|Răspuns|返信先|返信|Importance|Priority|Wichtigkeit|Priorität"
    "|Importancia|Importance"
    "|Bcc|Cci|Cco|Attachments|Anlagen|Organization|Hora|Resent-From|Mailing list|Lista de distribuição",
}  # fmt: skip

# Lines of dashes around these words stand above a forwarded message ("Begin forwarded message:" without dashes).
FORWARDED = (
    "Forwarded message|Begin forwarded message|Forwarded by|Fwd\\.?Msg|Weitergeleitete Nachricht|Weitergeleitete Mail"
    "|Anfang der weitergeleiteten (?:Nachricht|E-?Mail)|Beginn der weitergeleiteten Nachricht|Mensaje reenviado"
    "|Inicio del mensaje reenviado|Message transféré|Message transmis|Début du message (?:réexpédié|transféré)"
    "|Messaggio inoltrato|Inizio messaggio inoltrato|Doorgestuurd bericht|Begin doorgestuurd bericht"
    "|Vidarebefordrat (?:meddelande|mejl|brev)|Videresendt (?:meddelelse|melding|besked)|Start på videresendt besked"
    "|Videresend[te]* melding|Přeposlaná zpráva|Začátek přeposílané zprávy|Preposlaná správa(?: --- Forwarded Message)?"
    "|Začiatok preposlanej správy|Przekazana wiadomość|Wiadomość przesłana dalej|Treść przekazanej wiadomości"
    "|Początek przekazywanej wiadomości|Mensagem (?:re)?encaminhada|Início da mensagem (?:re)?encaminhada"
    "|Edelleenlähetetty viesti|Välitetty viesti(?: / Fwd\\.Msg)?|Välitetty viesti alkaa|Alkuperäinen viesti alkaa"
    "|Továbbított (?:üzenet|levél)|Továbbított levél kezdete|Mesaj redirecționat|Începe mesajul redirecționat"
    "|Пересылаемое сообщение|Перенаправленное сообщение|Пересланное сообщение|Начало переадресованного сообщения"
    "|Переслане повідомлення|Перенаправлене повідомлення|Початок листа, що пересилається|İleti(?:len|lmiş) (?:İleti"
    "|Mesaj)"
    "|İleti başlangıcı|Yönlendirilmiş mesaj|Proslijeđena poruka|Započni proslijeđenu poruku|Edastatud kiri"
    "|メッセージを転送|転送されたメッセージ|転送されたメール|转发的邮件|轉寄郵件|전달된 메(?:시지|일)|Προωθημένο μήνυμα"
)  # fmt: skip

# Lines of dashes around these stand above an answered (sometimes a forwarded) message.
ORIGINAL = (
    "Original Message|Original Appointment|Reply message|Reply Separator|Ursprüngliche (?:Nachricht|Mail|E-Mail)"
    "|Originalnachricht|Original-Nachricht|Mensaje original|Message d'origine|Message original|Messaggio originale"
    "|Oorspronkelijk bericht|Originalmeddelande|Ursprungligt meddelande|Oprindelig meddelelse|Original meddelelse"
    "|Opprinnelig melding|Původní zpráva|Pôvodná správa|Oryginalna wiadomość|Wiadomość oryginalna|Mensagem original"
    "|Alkuperäinen viesti|Eredeti üzenet|Mesaj original|Исходное сообщение|Оригінальне повідомлення|Orijinal (?:Mesaj"
    "|İleti)"
    "|Izvorna poruka|Originalna poruka|元のメッセージ|オリジナルメッセージ|原始邮件|原始郵件|원본 메(?:시지|일)"
    "|Αρχικό μήνυμα|Algne kiri"
    "|Thư gốc|Исходное письмо|Antwort Nachricht"
)  # fmt: skip

# "… wrote": the verb of the line above a quotation.
WROTE = (
    "wrote|writes|schrieb|a écrit|escribió|escribio|escreveu|ha scritto|scrisse|scrive|schreef|geschreven|skrev|skreiv"
    "|napsal(?:\\(a\\)|a)?|napísala?|napísal\\(a\\)|napisał(?:a|\\(a\\))?|pisze|написал(?:а|\\(а\\))?|пишет|писал(?:а)?"
    "|написав|написала|пише|писав|kirjoitti|kirjutas|írta|a scris|yazdı|yazmış|napisao|napisala|je napisa[ol]|έγραψε"
    "|rašė|rakstīja|viết|menulis|写道|寫道|写了|のメール|書きました|さんは書|님이 작성|작성|เขียน|כתב(?:ה)?|كتب|نوشت"
    "|va escriure"
)  # fmt: skip

# How such a line begins, where it does not begin with the date or the name.
OPENERS = (
    "On|At|Le|Am|Il giorno|Il|El|Op|Den|D\\.|Em|Dnia|W dniu|Dne|Dňa|Pe|În data de|La|Vào|Pada|Στις|Στη|No dia|A|Em qua"
    "|El dia|Em seg|Em ter|U|Dana|В|Quoting|Citando|Citando a|Zitat von|In a message dated"
)  # fmt: skip

# Subject prefixes that say "forwarded" and "answer".
FORWARD_PREFIXES = (
    "fwd?|wg|vs|vb|vl|tr|rv|i|pd|enc|továbbítás|továbbított|doorst|i[lł]t|i̇lt|yml|пересл|пер|fs|trans|redirecționat"
    "|videresendt?|weiterleitung|weitergeleitet|doorgestuurd|reenviad[oa]|enc|transf|edelleenlähetys|转发|轉寄|転送"
    "|전달|wtr"
    "|prosl|fr"
)  # fmt: skip
REPLY_PREFIXES = "re|aw|antw(?:ort)?|sv|vá|odp|res|rif|ynt|atb|ref|r|回复|回覆|返信|답장|відп|отв|ha|vast"

# The last line that a telephone or a mail program adds.
SENT_FROM = (
    "Sent from|Sent via|Sent with|Sent using|Get Outlook for|Von meinem .{1,40} gesendet|Gesendet (?:von|mit|aus)"
    "|Diese Nachricht wurde von"
    "|Envoyé (?:de|depuis|à partir de|avec)|Enviado (?:desde|do|de|a partir|via|con)|Enviada (?:do|desde)|Inviato da"
    "|Inviata da|Verzonden (?:vanaf|met|van|via)"
    "|Verstuurd (?:vanaf|met)|Skickat från|Skickades från|Sendt fra|Sendt med|Odesláno z|Odoslané z|Wysłan[eoy] (?:z"
    "|przez)"
    "|Lähetetty|Küldve|Elküldve|Trimis de pe|Отправлено (?:с|из)|Надіслано з|iPhone'umdan|.{1,30}'?[dt][ae]n gönderildi"
    "|Enviat des|Poslano (?:iz|sa|s)|Saadetud|发自我的|從我的|iPhoneから送信|나의 .{1,20}에서 보냄"
    "|Télécharger Outlook|Obtener Outlook"
    "|Obter o Outlook"
    "|Hol dir Outlook|Outlook für|Scarica Outlook|Hämta Outlook|Hent Outlook|Download Outlook|Pobierz|Загрузить Outlook"
)  # fmt: skip

# Beginnings of legal footers.
DISCLAIMERS = (
    "CONFIDENTIALITY|Confidentiality notice|DISCLAIMER|This (?:e-?mail|message|communication"
    "|electronic)[^.]{0,80}(?:confidential|intended|privileged)"
    "|The information (?:contained )?in this (?:e-?mail|message)|This email and any|Diese (?:E-?Mail"
    "|Nachricht)[^.]{0,60}(?:vertraulich|ist ausschließlich)"
    "|Der Inhalt dieser E-?Mail|Ce (?:message|courriel|mail)[^.]{0,80}(?:confidentiel|destin)|Este (?:mensaje|correo"
    "|e-?mail)[^.]{0,80}confiden"
    "|Esta mensagem[^.]{0,60}confiden|Questo messaggio[^.]{0,80}(?:riservat|confidenzial)|Dit (?:bericht"
    "|e-?mail)[^.]{0,60}(?:vertrouwelijk|bestemd)"
    "|P(?:lease)? consider the environment|Think before you print|Bitte (?:prüfen|denken) Sie"
)  # fmt: skip
