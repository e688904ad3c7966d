"""A small export whose every row is listed here, so that expectations can be counted by hand."""

from __future__ import annotations

from exports import table

SMALL = {
    "Profile.csv": table(
        ["First Name", "Last Name", "Headline", "Summary"], [["Mira", "Vermeer", "Inspector", "I climb"]]
    ),
    "Skills.csv": table(["Name"], [["Rust"], ["Patience"]]),
    "Shares_12345.csv": table(
        ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"],
        [
            ["2024-02-01 12:00:00", "l1", "A public post", "", "", "PUBLIC"],
            ["2024-03-01 12:00:00", "l2", "For every member", "", "", "MEMBER_NETWORK"],
            ["2024-04-01 12:00:00", "l3", "For connections", "", "", "CONNECTIONS"],
            ["2026-06-02 12:00:00", "l4", "Nobody says who saw it", "", "", ""],
        ],
    ),
    "Comments_12345.csv": table(["Date", "Link", "Message"], [["2024-02-02 12:00:00", "l", "My comment"]]),
    "Recommendations_Received.csv": table(
        ["First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"],
        [["Tom", "Bakker", "Staal", "Lead", "She never slips", "02/29/24, 09:10 AM", "VISIBLE"]],
    ),
    "Recommendations_Given.csv": table(
        ["First Name", "Last Name", "Company", "Job Title", "Text", "Creation Date", "Status"],
        [["Ines", "Costa", "Staal", "Lead", "She welds", "02/28/24, 09:10 AM", "VISIBLE"]],
    ),
    "messages.csv": table(
        ["CONVERSATION ID", "FROM", "TO", "DATE", "CONTENT"],
        [["1", "Tom Bakker", "Mira Vermeer", "2024-02-01 12:00:00 UTC", "A secret of Tom's"]],
    ),
    "Ad_Targeting.csv": table(
        ["Member Age", "Job Titles", "Job Titles"], [["35-54", "Inspector; Engineer", "Climber"]]
    ),
    "Registration.csv": table(["Registered At", "Registration Ip"], [["9/17/11, 5:44 PM", "192.0.2.1"]]),
}
