-- generated, not executed: no test of Assent runs this dialect

CREATE TABLE "lake"."assent_state" (
  "export" VARCHAR NOT NULL,
  "at" TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  "ledger_size" BIGINT NOT NULL,
  "pack" VARCHAR NOT NULL,
  "valid_until" TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  "holds" BIGINT NOT NULL,
  "excluded" BIGINT NOT NULL,
  "sensitive" BIGINT NOT NULL
);

CREATE TABLE "lake"."assent_members" (
  "export" VARCHAR NOT NULL,
  "member" VARCHAR NOT NULL,
  "region" VARCHAR,
  "birth_date" DATE,
  "closed" BOOLEAN NOT NULL,
  "erased" BOOLEAN NOT NULL,
  "unreadable" BOOLEAN NOT NULL,
  "setting_training" VARCHAR,
  "setting_all" VARCHAR,
  "objection_train" VARCHAR,
  "notice_notice_1" TIMESTAMP(6) WITH TIME ZONE
);

CREATE TABLE "lake"."assent_holds" (
  "export" VARCHAR NOT NULL,
  "purpose" VARCHAR NOT NULL,
  "region" VARCHAR NOT NULL,
  "since" TIMESTAMP(6) WITH TIME ZONE,
  "until" TIMESTAMP(6) WITH TIME ZONE
);

CREATE TABLE "lake"."assent_excluded" (
  "export" VARCHAR NOT NULL,
  "id" VARCHAR NOT NULL
);

CREATE TABLE "lake"."assent_sensitive" (
  "export" VARCHAR NOT NULL,
  "purpose" VARCHAR NOT NULL,
  "id" VARCHAR NOT NULL
);

CREATE OR REPLACE VIEW "lake"."assent_train__moment"
SECURITY DEFINER AS
SELECT
  "s"."export",
  "s"."at",
  "s"."ledger_size"
FROM (
  SELECT
    MAX("export") AS "export",
    MAX("at") AS "at",
    MAX("ledger_size") AS "ledger_size",
    MAX("pack") AS "pack",
    MIN("valid_until") AS "valid_until",
    MAX("holds") AS "holds",
    MAX("excluded") AS "excluded",
    MAX("sensitive") AS "sensitive",
    COUNT(*) AS "states"
  FROM "lake"."assent_state" AS "s"
) AS "s"
LEFT JOIN (
  SELECT
    "export",
    COUNT(*) AS "rows"
  FROM "lake"."assent_holds"
  GROUP BY
    "export"
) AS "c0"
  ON "s"."export" = "c0"."export"
LEFT JOIN (
  SELECT
    "export",
    COUNT(*) AS "rows"
  FROM "lake"."assent_excluded"
  GROUP BY
    "export"
) AS "c1"
  ON "s"."export" = "c1"."export"
LEFT JOIN (
  SELECT
    "export",
    COUNT(*) AS "rows"
  FROM "lake"."assent_sensitive"
  GROUP BY
    "export"
) AS "c2"
  ON "s"."export" = "c2"."export"
WHERE
  COALESCE(
    (
      "s"."states" = 1
      AND "s"."pack" = '0000000000000000000000000000000000000000000000000000000000000000'
      AND CURRENT_TIMESTAMP < "s"."valid_until"
      AND "s"."holds" = COALESCE("c0"."rows", 0)
      AND "s"."excluded" = COALESCE("c1"."rows", 0)
      AND "s"."sensitive" = COALESCE("c2"."rows", 0)
    ),
    FALSE
  );

CREATE OR REPLACE VIEW "lake"."assent_train__rows"
SECURITY DEFINER AS
SELECT
  CAST('posts' AS VARCHAR) AS "source",
  CAST("c"."id" AS VARCHAR) AS "id",
  CAST("c"."category" AS VARCHAR) AS "category",
  CASE
    WHEN CAST("c"."author" AS VARCHAR) = ''
    THEN CAST(NULL AS VARCHAR)
    ELSE CAST("c"."author" AS VARCHAR)
  END AS "author",
  TRANSFORM(
    "c"."subjects",
    "s" -> CAST(ROW(
      (
        "s"
      )."role",
      CAST((
        "s"
      )."member" AS VARCHAR),
      TRANSFORM(
        (
          "s"
        )."spans",
        "p" -> CAST(ROW(CAST((
          "p"
        )."start" AS BIGINT), CAST((
          "p"
        )."end" AS BIGINT)) AS ROW("start" BIGINT, "end" BIGINT))
      )
    ) AS ROW(
      "role" VARCHAR,
      "member" VARCHAR,
      "spans" ARRAY(ROW("start" BIGINT, "end" BIGINT))
    ))
  ) AS "subjects",
  CASE
    WHEN COALESCE(
      (
        (
          CASE
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
            THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
            THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
            ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
          END
        ) >= CAST('0001-01-01 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
        AND (
          CASE
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
            THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
            THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
            ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
          END
        ) <= CAST('9999-12-31 23:59:59.999999+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
      ),
      FALSE
    )
    THEN CASE
      WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
      THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
      WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
      THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
      ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
    END
    ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
  END AS "created_at",
  CASE
    WHEN CAST("c"."audience" AS VARCHAR) = 'ALL'
    THEN 'public'
    ELSE CAST(NULL AS VARCHAR)
  END AS "visibility",
  CAST("c"."parent" AS VARCHAR) AS "parent",
  COALESCE("c"."excluded", FALSE) AS "excluded",
  CASE
    WHEN NOT (
      CAST("c"."robots" AS VARCHAR) IS NULL
    )
    OR NOT (
      CAST("c"."header" AS VARCHAR) IS NULL
    )
    THEN CONCAT_WS('
', CAST("c"."robots" AS VARCHAR), CAST("c"."header" AS VARCHAR))
    ELSE CAST(NULL AS VARCHAR)
  END AS "aipref",
  CAST("c"."tdm_reservation" AS VARCHAR) AS "tdm_reservation",
  CAST("c"."cawg" AS VARCHAR) AS "cawg",
  COALESCE((
    CONTAINS("c"."context", 'sensitive')
  ), FALSE) AS "sensitive",
  CAST("c"."text" AS VARCHAR) AS "text",
  COALESCE(
    (
      (
        NOT (
          "c"."created_at" IS NULL
        )
        AND (
          CASE
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
            THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
            WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
            THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
            ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
          END
        ) IS NULL
      )
      OR (
        NOT (
          (
            CASE
              WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
              THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
              WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
              THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
              ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
            END
          ) IS NULL
        )
        AND NOT (
          COALESCE(
            (
              (
                CASE
                  WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
                  THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
                  WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
                  THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
                  ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
                END
              ) >= CAST('0001-01-01 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
              AND (
                CASE
                  WHEN TYPEOF("c"."created_at") LIKE 'timestamp(%) with time zone'
                  THEN CAST("c"."created_at" AS TIMESTAMP(6) WITH TIME ZONE)
                  WHEN TYPEOF("c"."created_at") LIKE 'timestamp(_)'
                  THEN WITH_TIMEZONE(CAST("c"."created_at" AS TIMESTAMP(6)), 'Europe/Amsterdam')
                  ELSE CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE)
                END
              ) <= CAST('9999-12-31 23:59:59.999999+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
            ),
            FALSE
          )
        )
      )
    ),
    FALSE
  ) AS "unreadable"
FROM "lake"."posts" AS "c"
UNION ALL
SELECT
  CAST('notes' AS VARCHAR) AS "source",
  CAST("c"."key" AS VARCHAR) AS "id",
  CAST('note' AS VARCHAR) AS "category",
  CAST(NULL AS VARCHAR) AS "author",
  CAST(NULL AS ARRAY(
    ROW(
      "role" VARCHAR,
      "member" VARCHAR,
      "spans" ARRAY(ROW("start" BIGINT, "end" BIGINT))
    )
  )) AS "subjects",
  CAST(NULL AS TIMESTAMP(6) WITH TIME ZONE) AS "created_at",
  CAST(NULL AS VARCHAR) AS "visibility",
  CAST(NULL AS VARCHAR) AS "parent",
  FALSE AS "excluded",
  CAST(NULL AS VARCHAR) AS "aipref",
  CAST(NULL AS VARCHAR) AS "tdm_reservation",
  CAST(NULL AS VARCHAR) AS "cawg",
  FALSE AS "sensitive",
  CAST(NULL AS VARCHAR) AS "text",
  FALSE AS "unreadable"
FROM "lake"."notes" AS "c";

CREATE OR REPLACE VIEW "lake"."assent_train__people"
SECURITY DEFINER AS
SELECT
  "p"."member",
  "p"."birth_date",
  "p"."on_hold",
  "p"."region_unknown",
  "p"."region_not_covered",
  "p"."not_yet_in_force",
  "p"."age_unknown",
  "p"."under_age",
  "p"."notice_not_delivered",
  "p"."waiting_period",
  "p"."setting_off",
  "p"."objection_open",
  "p"."objection_upheld",
  "p"."account_closed",
  "p"."erased",
  NOT (
    "on_hold"
    OR "region_unknown"
    OR "region_not_covered"
    OR "not_yet_in_force"
    OR "age_unknown"
    OR "under_age"
    OR "notice_not_delivered"
    OR "waiting_period"
    OR "setting_off"
    OR "objection_open"
    OR "objection_upheld"
    OR "account_closed"
    OR "erased"
  ) AS "permits"
FROM (
  SELECT
    "m"."member",
    "m"."birth_date",
    (
      NOT (
        "t"."at" < CAST('2025-11-04 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
      )
      AND "t"."at" < CAST('2025-11-05 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
      AND COALESCE((
        "m"."region" IN ('DE')
      ), FALSE)
    )
    OR "h"."everybody" = 1
    OR NOT (
      "g"."region" IS NULL
    )
    OR (
      "h"."group_0" = 1 AND COALESCE((
        "m"."region" IN ('DE', 'US')
      ), FALSE)
    ) AS "on_hold",
    NOT (
      COALESCE(
        (
          "m"."region" IN (
            'AD',
            'AE',
            'AF',
            'AG',
            'AI',
            'AL',
            'AM',
            'AO',
            'AQ',
            'AR',
            'AS',
            'AT',
            'AU',
            'AW',
            'AX',
            'AZ',
            'BA',
            'BB',
            'BD',
            'BE',
            'BF',
            'BG',
            'BH',
            'BI',
            'BJ',
            'BL',
            'BM',
            'BN',
            'BO',
            'BQ',
            'BR',
            'BS',
            'BT',
            'BV',
            'BW',
            'BY',
            'BZ',
            'CA',
            'CC',
            'CD',
            'CF',
            'CG',
            'CH',
            'CI',
            'CK',
            'CL',
            'CM',
            'CN',
            'CO',
            'CR',
            'CU',
            'CV',
            'CW',
            'CX',
            'CY',
            'CZ',
            'DE',
            'DJ',
            'DK',
            'DM',
            'DO',
            'DZ',
            'EC',
            'EE',
            'EG',
            'EH',
            'ER',
            'ES',
            'ET',
            'FI',
            'FJ',
            'FK',
            'FM',
            'FO',
            'FR',
            'GA',
            'GB',
            'GD',
            'GE',
            'GF',
            'GG',
            'GH',
            'GI',
            'GL',
            'GM',
            'GN',
            'GP',
            'GQ',
            'GR',
            'GS',
            'GT',
            'GU',
            'GW',
            'GY',
            'HK',
            'HM',
            'HN',
            'HR',
            'HT',
            'HU',
            'ID',
            'IE',
            'IL',
            'IM',
            'IN',
            'IO',
            'IQ',
            'IR',
            'IS',
            'IT',
            'JE',
            'JM',
            'JO',
            'JP',
            'KE',
            'KG',
            'KH',
            'KI',
            'KM',
            'KN',
            'KP',
            'KR',
            'KW',
            'KY',
            'KZ',
            'LA',
            'LB',
            'LC',
            'LI',
            'LK',
            'LR',
            'LS',
            'LT',
            'LU',
            'LV',
            'LY',
            'MA',
            'MC',
            'MD',
            'ME',
            'MF',
            'MG',
            'MH',
            'MK',
            'ML',
            'MM',
            'MN',
            'MO',
            'MP',
            'MQ',
            'MR',
            'MS',
            'MT',
            'MU',
            'MV',
            'MW',
            'MX',
            'MY',
            'MZ',
            'NA',
            'NC',
            'NE',
            'NF',
            'NG',
            'NI',
            'NL',
            'NO',
            'NP',
            'NR',
            'NU',
            'NZ',
            'OM',
            'PA',
            'PE',
            'PF',
            'PG',
            'PH',
            'PK',
            'PL',
            'PM',
            'PN',
            'PR',
            'PS',
            'PT',
            'PW',
            'PY',
            'QA',
            'RE',
            'RO',
            'RS',
            'RU',
            'RW',
            'SA',
            'SB',
            'SC',
            'SD',
            'SE',
            'SG',
            'SH',
            'SI',
            'SJ',
            'SK',
            'SL',
            'SM',
            'SN',
            'SO',
            'SR',
            'SS',
            'ST',
            'SV',
            'SX',
            'SY',
            'SZ',
            'TC',
            'TD',
            'TF',
            'TG',
            'TH',
            'TJ',
            'TK',
            'TL',
            'TM',
            'TN',
            'TO',
            'TR',
            'TT',
            'TV',
            'TW',
            'TZ',
            'UA',
            'UG',
            'UM',
            'US',
            'UY',
            'UZ',
            'VA',
            'VC',
            'VE',
            'VG',
            'VI',
            'VN',
            'VU',
            'WF',
            'WS',
            'YE',
            'YT',
            'ZA',
            'ZM',
            'ZW'
          )
        ),
        FALSE
      )
    ) AS "region_unknown",
    COALESCE(
      (
        "m"."region" IN (
          'AD',
          'AE',
          'AF',
          'AG',
          'AI',
          'AL',
          'AM',
          'AO',
          'AQ',
          'AR',
          'AS',
          'AT',
          'AU',
          'AW',
          'AX',
          'AZ',
          'BA',
          'BB',
          'BD',
          'BE',
          'BF',
          'BG',
          'BH',
          'BI',
          'BJ',
          'BL',
          'BM',
          'BN',
          'BO',
          'BQ',
          'BR',
          'BS',
          'BT',
          'BV',
          'BW',
          'BY',
          'BZ',
          'CA',
          'CC',
          'CD',
          'CF',
          'CG',
          'CH',
          'CI',
          'CK',
          'CL',
          'CM',
          'CN',
          'CO',
          'CR',
          'CU',
          'CV',
          'CW',
          'CX',
          'CY',
          'CZ',
          'DJ',
          'DK',
          'DM',
          'DO',
          'DZ',
          'EC',
          'EE',
          'EG',
          'EH',
          'ER',
          'ES',
          'ET',
          'FI',
          'FJ',
          'FK',
          'FM',
          'FO',
          'FR',
          'GA',
          'GB',
          'GD',
          'GE',
          'GF',
          'GG',
          'GH',
          'GI',
          'GL',
          'GM',
          'GN',
          'GP',
          'GQ',
          'GR',
          'GS',
          'GT',
          'GU',
          'GW',
          'GY',
          'HK',
          'HM',
          'HN',
          'HR',
          'HT',
          'HU',
          'ID',
          'IE',
          'IL',
          'IM',
          'IN',
          'IO',
          'IQ',
          'IR',
          'IS',
          'IT',
          'JE',
          'JM',
          'JO',
          'JP',
          'KE',
          'KG',
          'KH',
          'KI',
          'KM',
          'KN',
          'KP',
          'KR',
          'KW',
          'KY',
          'KZ',
          'LA',
          'LB',
          'LC',
          'LI',
          'LK',
          'LR',
          'LS',
          'LT',
          'LU',
          'LV',
          'LY',
          'MA',
          'MC',
          'MD',
          'ME',
          'MF',
          'MG',
          'MH',
          'MK',
          'ML',
          'MM',
          'MN',
          'MO',
          'MP',
          'MQ',
          'MR',
          'MS',
          'MT',
          'MU',
          'MV',
          'MW',
          'MX',
          'MY',
          'MZ',
          'NA',
          'NC',
          'NE',
          'NF',
          'NG',
          'NI',
          'NL',
          'NO',
          'NP',
          'NR',
          'NU',
          'NZ',
          'OM',
          'PA',
          'PE',
          'PF',
          'PG',
          'PH',
          'PK',
          'PL',
          'PM',
          'PN',
          'PR',
          'PS',
          'PT',
          'PW',
          'PY',
          'QA',
          'RE',
          'RO',
          'RS',
          'RU',
          'RW',
          'SA',
          'SB',
          'SC',
          'SD',
          'SE',
          'SG',
          'SH',
          'SI',
          'SJ',
          'SK',
          'SL',
          'SM',
          'SN',
          'SO',
          'SR',
          'SS',
          'ST',
          'SV',
          'SX',
          'SY',
          'SZ',
          'TC',
          'TD',
          'TF',
          'TG',
          'TH',
          'TJ',
          'TK',
          'TL',
          'TM',
          'TN',
          'TO',
          'TR',
          'TT',
          'TV',
          'TW',
          'TZ',
          'UA',
          'UG',
          'UM',
          'UY',
          'UZ',
          'VA',
          'VC',
          'VE',
          'VG',
          'VI',
          'VN',
          'VU',
          'WF',
          'WS',
          'YE',
          'YT',
          'ZA',
          'ZM',
          'ZW'
        )
      ),
      FALSE
    ) AS "region_not_covered",
    COALESCE((
      "m"."region" IN ('DE')
    ), FALSE)
    AND "t"."at" < CAST('2025-11-03 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE) AS "not_yet_in_force",
    FALSE AS "age_unknown",
    FALSE AS "under_age",
    "m"."notice_notice_1" IS NULL AS "notice_not_delivered",
    NOT (
      "m"."notice_notice_1" IS NULL
    )
    AND NOT (
      COALESCE(
        (
          "m"."notice_notice_1" <= DATE_ADD('millisecond', -2592000000, "t"."at")
        ),
        FALSE
      )
    ) AS "waiting_period",
    (
      COALESCE((
        "m"."setting_training" <> 'on'
      ), FALSE)
      OR (
        "m"."setting_training" IS NULL AND COALESCE((
          "m"."region" IN ('DE')
        ), FALSE)
      )
    )
    OR (
      COALESCE((
        "m"."setting_all" <> 'on'
      ), FALSE)
      OR (
        "m"."setting_all" IS NULL AND COALESCE((
          "m"."region" IN ('DE')
        ), FALSE)
      )
    ) AS "setting_off",
    NOT (
      "m"."objection_train" IS NULL
    )
    AND NOT (
      COALESCE((
        "m"."objection_train" IN ('upheld', 'rejected')
      ), FALSE)
    ) AS "objection_open",
    COALESCE((
      "m"."objection_train" = 'upheld'
    ), FALSE) AS "objection_upheld",
    COALESCE("m"."closed", TRUE) = TRUE AS "account_closed",
    COALESCE("m"."erased", TRUE) = TRUE AS "erased"
  FROM "lake"."assent_members" AS "m"
  INNER JOIN "lake"."assent_train__moment" AS "t"
    ON "m"."export" = "t"."export"
  CROSS JOIN (
    SELECT
      COALESCE(
        MAX(
          CASE
            WHEN NOT (
              COALESCE(
                (
                  "h"."region" IN (
                    'both',
                    'AD',
                    'AE',
                    'AF',
                    'AG',
                    'AI',
                    'AL',
                    'AM',
                    'AO',
                    'AQ',
                    'AR',
                    'AS',
                    'AT',
                    'AU',
                    'AW',
                    'AX',
                    'AZ',
                    'BA',
                    'BB',
                    'BD',
                    'BE',
                    'BF',
                    'BG',
                    'BH',
                    'BI',
                    'BJ',
                    'BL',
                    'BM',
                    'BN',
                    'BO',
                    'BQ',
                    'BR',
                    'BS',
                    'BT',
                    'BV',
                    'BW',
                    'BY',
                    'BZ',
                    'CA',
                    'CC',
                    'CD',
                    'CF',
                    'CG',
                    'CH',
                    'CI',
                    'CK',
                    'CL',
                    'CM',
                    'CN',
                    'CO',
                    'CR',
                    'CU',
                    'CV',
                    'CW',
                    'CX',
                    'CY',
                    'CZ',
                    'DE',
                    'DJ',
                    'DK',
                    'DM',
                    'DO',
                    'DZ',
                    'EC',
                    'EE',
                    'EG',
                    'EH',
                    'ER',
                    'ES',
                    'ET',
                    'FI',
                    'FJ',
                    'FK',
                    'FM',
                    'FO',
                    'FR',
                    'GA',
                    'GB',
                    'GD',
                    'GE',
                    'GF',
                    'GG',
                    'GH',
                    'GI',
                    'GL',
                    'GM',
                    'GN',
                    'GP',
                    'GQ',
                    'GR',
                    'GS',
                    'GT',
                    'GU',
                    'GW',
                    'GY',
                    'HK',
                    'HM',
                    'HN',
                    'HR',
                    'HT',
                    'HU',
                    'ID',
                    'IE',
                    'IL',
                    'IM',
                    'IN',
                    'IO',
                    'IQ',
                    'IR',
                    'IS',
                    'IT',
                    'JE',
                    'JM',
                    'JO',
                    'JP',
                    'KE',
                    'KG',
                    'KH',
                    'KI',
                    'KM',
                    'KN',
                    'KP',
                    'KR',
                    'KW',
                    'KY',
                    'KZ',
                    'LA',
                    'LB',
                    'LC',
                    'LI',
                    'LK',
                    'LR',
                    'LS',
                    'LT',
                    'LU',
                    'LV',
                    'LY',
                    'MA',
                    'MC',
                    'MD',
                    'ME',
                    'MF',
                    'MG',
                    'MH',
                    'MK',
                    'ML',
                    'MM',
                    'MN',
                    'MO',
                    'MP',
                    'MQ',
                    'MR',
                    'MS',
                    'MT',
                    'MU',
                    'MV',
                    'MW',
                    'MX',
                    'MY',
                    'MZ',
                    'NA',
                    'NC',
                    'NE',
                    'NF',
                    'NG',
                    'NI',
                    'NL',
                    'NO',
                    'NP',
                    'NR',
                    'NU',
                    'NZ',
                    'OM',
                    'PA',
                    'PE',
                    'PF',
                    'PG',
                    'PH',
                    'PK',
                    'PL',
                    'PM',
                    'PN',
                    'PR',
                    'PS',
                    'PT',
                    'PW',
                    'PY',
                    'QA',
                    'RE',
                    'RO',
                    'RS',
                    'RU',
                    'RW',
                    'SA',
                    'SB',
                    'SC',
                    'SD',
                    'SE',
                    'SG',
                    'SH',
                    'SI',
                    'SJ',
                    'SK',
                    'SL',
                    'SM',
                    'SN',
                    'SO',
                    'SR',
                    'SS',
                    'ST',
                    'SV',
                    'SX',
                    'SY',
                    'SZ',
                    'TC',
                    'TD',
                    'TF',
                    'TG',
                    'TH',
                    'TJ',
                    'TK',
                    'TL',
                    'TM',
                    'TN',
                    'TO',
                    'TR',
                    'TT',
                    'TV',
                    'TW',
                    'TZ',
                    'UA',
                    'UG',
                    'UM',
                    'US',
                    'UY',
                    'UZ',
                    'VA',
                    'VC',
                    'VE',
                    'VG',
                    'VI',
                    'VN',
                    'VU',
                    'WF',
                    'WS',
                    'YE',
                    'YT',
                    'ZA',
                    'ZM',
                    'ZW'
                  )
                ),
                FALSE
              )
            )
            THEN 1
            ELSE 0
          END
        ),
        0
      ) AS "everybody",
      COALESCE(MAX(CASE WHEN COALESCE((
        "h"."region" = 'both'
      ), FALSE) THEN 1 ELSE 0 END), 0) AS "group_0"
    FROM (
      SELECT
        "h"."export",
        "h"."region"
      FROM "lake"."assent_holds" AS "h"
      INNER JOIN "lake"."assent_state" AS "s"
        ON "h"."export" = "s"."export"
      WHERE
        "h"."purpose" = 'train'
        AND NOT COALESCE((
          "h"."until" <= "s"."at" OR "h"."since" > "s"."at"
        ), FALSE)
    ) AS "h"
  ) AS "h"
  LEFT JOIN (
    SELECT DISTINCT
      "h"."export",
      "h"."region"
    FROM (
      SELECT
        "h"."export",
        "h"."region"
      FROM "lake"."assent_holds" AS "h"
      INNER JOIN "lake"."assent_state" AS "s"
        ON "h"."export" = "s"."export"
      WHERE
        "h"."purpose" = 'train'
        AND NOT COALESCE((
          "h"."until" <= "s"."at" OR "h"."since" > "s"."at"
        ), FALSE)
    ) AS "h"
  ) AS "g"
    ON "m"."export" = "g"."export" AND "m"."region" = "g"."region"
  WHERE
    COALESCE("m"."unreadable", TRUE) = FALSE
) AS "p";

CREATE OR REPLACE VIEW "lake"."assent_train__named"
SECURITY DEFINER AS
SELECT
  "n"."id",
  "n"."category",
  "n"."position",
  "n"."role",
  "n"."member",
  "n"."spans",
  "n"."broken",
  COALESCE((
    "n"."category" IN ('letter', 'post')
  ), FALSE)
  AND NOT (
    COALESCE((
      "p"."permits"
    ), FALSE)
    AND NOT (
      (
        "p"."birth_date" IS NULL
        OR (
          CAST(AT_TIMEZONE(
            CASE
              WHEN "n"."created_at" < "t"."at"
              THEN "n"."created_at"
              WHEN "n"."created_at" IS NULL
              THEN NULL
              ELSE "t"."at"
            END,
            'UTC'
          ) AS DATE)
        ) IS NULL
      )
      OR (
        NOT (
          "p"."birth_date" IS NULL
          OR (
            CAST(AT_TIMEZONE(
              CASE
                WHEN "n"."created_at" < "t"."at"
                THEN "n"."created_at"
                WHEN "n"."created_at" IS NULL
                THEN NULL
                ELSE "t"."at"
              END,
              'UTC'
            ) AS DATE)
          ) IS NULL
        )
        AND NOT (
          COALESCE(
            (
              NOT (
                (
                  EXTRACT(YEAR FROM CAST(AT_TIMEZONE(
                    CASE
                      WHEN "n"."created_at" < "t"."at"
                      THEN "n"."created_at"
                      WHEN "n"."created_at" IS NULL
                      THEN NULL
                      ELSE "t"."at"
                    END,
                    'UTC'
                  ) AS DATE)) - EXTRACT(YEAR FROM "p"."birth_date")
                ) < 18
                OR (
                  (
                    EXTRACT(YEAR FROM CAST(AT_TIMEZONE(
                      CASE
                        WHEN "n"."created_at" < "t"."at"
                        THEN "n"."created_at"
                        WHEN "n"."created_at" IS NULL
                        THEN NULL
                        ELSE "t"."at"
                      END,
                      'UTC'
                    ) AS DATE)) - EXTRACT(YEAR FROM "p"."birth_date")
                  ) = 18
                  AND (
                    EXTRACT(MONTH FROM "p"."birth_date") * 100 + EXTRACT(DAY FROM "p"."birth_date")
                  ) > (
                    EXTRACT(MONTH FROM CAST(AT_TIMEZONE(
                      CASE
                        WHEN "n"."created_at" < "t"."at"
                        THEN "n"."created_at"
                        WHEN "n"."created_at" IS NULL
                        THEN NULL
                        ELSE "t"."at"
                      END,
                      'UTC'
                    ) AS DATE)) * 100 + EXTRACT(DAY FROM CAST(AT_TIMEZONE(
                      CASE
                        WHEN "n"."created_at" < "t"."at"
                        THEN "n"."created_at"
                        WHEN "n"."created_at" IS NULL
                        THEN NULL
                        ELSE "t"."at"
                      END,
                      'UTC'
                    ) AS DATE))
                  )
                )
              )
            ),
            FALSE
          )
        )
      )
    )
  ) AS "gone"
FROM (
  SELECT
    "s"."id",
    "s"."category",
    "s"."created_at",
    "s"."position",
    (
      "s"."subject"
    )."role" AS "role",
    (
      "s"."subject"
    )."member" AS "member",
    (
      "s"."subject"
    )."spans" AS "spans",
    (
      "s"."subject" IS NULL
      OR (
        "s"."subject"
      )."role" IS NULL
      OR COALESCE((
        (
          "s"."subject"
        )."role" = ''
      ), FALSE)
    )
    OR COALESCE(
      (
        ANY_MATCH(
          (
            "s"."subject"
          )."spans",
          "p" -> "p" IS NULL OR (
            "p"
          )."start" IS NULL OR (
            "p"
          )."end" IS NULL
        )
      ),
      FALSE
    ) AS "broken"
  FROM (
    SELECT
      "r"."id",
      "r"."category",
      "r"."created_at",
      ELEMENT_AT("r"."list", "e"."position") AS "subject",
      "e"."position"
    FROM (
      SELECT
        "n"."id",
        "n"."category",
        "n"."created_at",
        "n"."subjects" AS "list"
      FROM "lake"."assent_train__rows" AS "n"
      WHERE
        COALESCE((
          CARDINALITY("n"."subjects") > 0
        ), FALSE)
    ) AS "r"
    CROSS JOIN UNNEST(SEQUENCE(1, GREATEST(CARDINALITY("r"."list"), 1))) AS "e"("position")
    WHERE
      "e"."position" <= CARDINALITY("r"."list")
  ) AS "s"
) AS "n"
LEFT JOIN "lake"."assent_train__moment" AS "t"
  ON TRUE
LEFT JOIN "lake"."assent_train__people" AS "p"
  ON "n"."member" = "p"."member";

CREATE OR REPLACE VIEW "lake"."assent_train__others"
SECURITY DEFINER AS
SELECT
  "n"."id",
  ARRAY_AGG(
    CAST(ROW("n"."role", "n"."member") AS ROW("role" VARCHAR, "member" VARCHAR)) ORDER BY "n"."position"
  ) FILTER(WHERE
    NOT (
      "n"."gone"
    )) AS "subjects",
  ARRAY_AGG("n"."role" ORDER BY "n"."position") FILTER(WHERE
    "n"."gone" AND "n"."turn" = 1) AS "masked",
  BOOL_OR(
    "n"."gone"
    AND (
      COALESCE((
        "n"."category" IN ('letter')
      ), FALSE) OR "n"."spans" IS NULL
    )
  ) AS "refused",
  BOOL_OR("n"."broken") AS "broken"
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY "n"."id", "n"."role", "n"."gone" ORDER BY "n"."position") AS "turn"
  FROM "lake"."assent_train__named" AS "n"
) AS "n"
GROUP BY
  "n"."id";

CREATE OR REPLACE VIEW "lake"."assent_train__judged"
SECURITY DEFINER AS
SELECT
  "j"."source",
  "j"."id",
  "j"."category",
  "j"."author",
  "j"."created_at",
  "j"."parent",
  "j"."text",
  "j"."subjects",
  "j"."masked",
  "j"."on_hold",
  "j"."category_never",
  "j"."category_out_of_scope",
  "j"."region_unknown",
  "j"."region_not_covered",
  "j"."not_yet_in_force",
  "j"."age_unknown",
  "j"."under_age",
  "j"."notice_not_delivered",
  "j"."waiting_period",
  "j"."setting_off",
  "j"."objection_open",
  "j"."objection_upheld",
  "j"."account_closed",
  "j"."erased",
  "j"."not_visible_enough",
  "j"."too_old",
  "j"."item_excluded",
  "j"."sensitive_context",
  "j"."signal_no_train",
  "j"."other_subject",
  "j"."state_missing",
  COALESCE(
    (
      NOT (
        "j"."on_hold"
        OR "j"."category_never"
        OR "j"."category_out_of_scope"
        OR "j"."region_unknown"
        OR "j"."region_not_covered"
        OR "j"."not_yet_in_force"
        OR "j"."age_unknown"
        OR "j"."under_age"
        OR "j"."notice_not_delivered"
        OR "j"."waiting_period"
        OR "j"."setting_off"
        OR "j"."objection_open"
        OR "j"."objection_upheld"
        OR "j"."account_closed"
        OR "j"."erased"
        OR "j"."not_visible_enough"
        OR "j"."too_old"
        OR "j"."item_excluded"
        OR "j"."sensitive_context"
        OR "j"."signal_no_train"
        OR "j"."other_subject"
        OR "j"."state_missing"
      )
    ),
    FALSE
  ) AS "alone"
FROM (
  SELECT
    "r"."source",
    "r"."id",
    "r"."category",
    "r"."author",
    "r"."created_at",
    "r"."parent",
    "r"."text",
    "x"."subjects",
    "x"."masked",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."on_hold", TRUE) AS "on_hold",
    COALESCE((
      "r"."category" IN ('message.private')
    ), FALSE) AS "category_never",
    NOT (
      COALESCE((
        "r"."category" IN ('message.private')
      ), FALSE)
    )
    AND NOT (
      COALESCE((
        "r"."category" IN ('letter', 'note', 'post')
      ), FALSE)
    ) AS "category_out_of_scope",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."region_unknown", TRUE) AS "region_unknown",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."region_not_covered", TRUE) AS "region_not_covered",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."not_yet_in_force", TRUE) AS "not_yet_in_force",
    NOT (
      "p"."member" IS NULL
    )
    AND (
      "p"."birth_date" IS NULL
      OR (
        CAST(AT_TIMEZONE(
          CASE
            WHEN "r"."created_at" < "t"."at"
            THEN "r"."created_at"
            WHEN "r"."created_at" IS NULL
            THEN NULL
            ELSE "t"."at"
          END,
          'UTC'
        ) AS DATE)
      ) IS NULL
    ) AS "age_unknown",
    NOT (
      "p"."member" IS NULL
    )
    AND (
      NOT (
        "p"."birth_date" IS NULL
        OR (
          CAST(AT_TIMEZONE(
            CASE
              WHEN "r"."created_at" < "t"."at"
              THEN "r"."created_at"
              WHEN "r"."created_at" IS NULL
              THEN NULL
              ELSE "t"."at"
            END,
            'UTC'
          ) AS DATE)
        ) IS NULL
      )
      AND NOT (
        COALESCE(
          (
            NOT (
              (
                EXTRACT(YEAR FROM CAST(AT_TIMEZONE(
                  CASE
                    WHEN "r"."created_at" < "t"."at"
                    THEN "r"."created_at"
                    WHEN "r"."created_at" IS NULL
                    THEN NULL
                    ELSE "t"."at"
                  END,
                  'UTC'
                ) AS DATE)) - EXTRACT(YEAR FROM "p"."birth_date")
              ) < 18
              OR (
                (
                  EXTRACT(YEAR FROM CAST(AT_TIMEZONE(
                    CASE
                      WHEN "r"."created_at" < "t"."at"
                      THEN "r"."created_at"
                      WHEN "r"."created_at" IS NULL
                      THEN NULL
                      ELSE "t"."at"
                    END,
                    'UTC'
                  ) AS DATE)) - EXTRACT(YEAR FROM "p"."birth_date")
                ) = 18
                AND (
                  EXTRACT(MONTH FROM "p"."birth_date") * 100 + EXTRACT(DAY FROM "p"."birth_date")
                ) > (
                  EXTRACT(MONTH FROM CAST(AT_TIMEZONE(
                    CASE
                      WHEN "r"."created_at" < "t"."at"
                      THEN "r"."created_at"
                      WHEN "r"."created_at" IS NULL
                      THEN NULL
                      ELSE "t"."at"
                    END,
                    'UTC'
                  ) AS DATE)) * 100 + EXTRACT(DAY FROM CAST(AT_TIMEZONE(
                    CASE
                      WHEN "r"."created_at" < "t"."at"
                      THEN "r"."created_at"
                      WHEN "r"."created_at" IS NULL
                      THEN NULL
                      ELSE "t"."at"
                    END,
                    'UTC'
                  ) AS DATE))
                )
              )
            )
          ),
          FALSE
        )
      )
    ) AS "under_age",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."notice_not_delivered", TRUE) AS "notice_not_delivered",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."waiting_period", TRUE) AS "waiting_period",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."setting_off", TRUE) AS "setting_off",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."objection_open", TRUE) AS "objection_open",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."objection_upheld", TRUE) AS "objection_upheld",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."account_closed", TRUE) AS "account_closed",
    NOT (
      "p"."member" IS NULL
    ) AND COALESCE("p"."erased", TRUE) AS "erased",
    NOT (
      COALESCE((
        "r"."category" IN ('message.private')
      ), FALSE)
    )
    AND (
      COALESCE((
        "r"."category" IN ('post')
      ), FALSE)
      AND NOT (
        COALESCE((
          "r"."visibility" IN ('public')
        ), FALSE)
      )
    ) AS "not_visible_enough",
    NOT (
      COALESCE(
        (
          "r"."created_at" >= CAST('2024-09-29 00:00:00.000000+00:00' AS TIMESTAMP(6) WITH TIME ZONE)
        ),
        FALSE
      )
    ) AS "too_old",
    COALESCE("r"."excluded", FALSE) OR NOT (
      "e"."id" IS NULL
    ) AS "item_excluded",
    COALESCE("r"."sensitive", TRUE) OR NOT (
      "f"."id" IS NULL
    ) AS "sensitive_context",
    COALESCE((
      LENGTH("r"."aipref") > 8192
    ), FALSE)
    OR COALESCE(
      (
        REGEXP_LIKE(
          SUBSTR("r"."aipref", 1, 8192),
          '(^|\n)[^!-~\n]*(([\t !#$&''()*+.-~-]|"([ !#-Z\[\]^-~]|\\["\\])*"|%+"[ !#-~]*"|%+[\t !#$&''()*+.-~-])*%*,)*[ \t]*train-ai=n(;([\t !#$&''()*+.-~-]|"([ !#-Z\[\]^-~]|\\["\\])*"|%+"[ !#-~]*"|%+[\t !#$&''()*+.-~-])*%*)?([ \t]*,[ \t]*(train-ai[abcdefghijklmnopqrstuvwxyz0123456789_.*-]+|[abcdefghijklmnopqrsuvwxyz*][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|t[abcdefghijklmnopqstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|t|tr[bcdefghijklmnopqrstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|tr|tra[abcdefghjklmnopqrstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|tra|trai[abcdefghijklmopqrstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|trai|train[abcdefghijklmnopqrstuvwxyz0123456789_.*][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|train|train-[bcdefghijklmnopqrstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|train-|train-a[abcdefghjklmnopqrstuvwxyz0123456789_.*-][abcdefghijklmnopqrstuvwxyz0123456789_.*-]*|train-a)([=; \t]([\t !#$&''()*+.-~-]|"([ !#-Z\[\]^-~]|\\["\\])*"|%+"[ !#-~]*"|%+[\t !#$&''()*+.-~-])*%*)?)*[^!-~\n]*(\n|$)'
        )
      ),
      FALSE
    )
    OR COALESCE(
      (
        REGEXP_LIKE(
          "r"."tdm_reservation",
          '^([ \t]*([^ \t0\n][^\n]*|0[ \t]*[^ \t\n][^\n]*)?\n)*[^!-~\n]*1[^!-~\n]*(\n|$)'
        )
      ),
      FALSE
    )
    OR COALESCE(
      (
        REGEXP_LIKE(
          "r"."cawg",
          '"(cawg[.]ai_generative_training|c2pa[.]ai_generative_training|ai_generative_training)"[ \t\r\n]*:[ \t\r\n]*("(notAllowed|constrained)"|[{][^{}]*"use"[ \t\r\n]*:[ \t\r\n]*"(notAllowed|constrained)")'
        )
        OR (
          NOT (
            NOT (
              JSON_EXTRACT("r"."cawg", '$') IS NULL
            )
          )
          AND REGEXP_LIKE("r"."cawg", 'notAllowed|constrained|[\\]u')
        )
        OR COALESCE(
          (
            JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["cawg.ai_generative_training"]') IN ('notAllowed', 'constrained')
            OR JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["cawg.ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
            OR JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["c2pa.ai_generative_training"]') IN ('notAllowed', 'constrained')
            OR JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["c2pa.ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
            OR JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["ai_generative_training"]') IN ('notAllowed', 'constrained')
            OR JSON_EXTRACT_SCALAR("r"."cawg", '$["entries"]["ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
          ),
          FALSE
        )
        OR (
          NOT (
            NOT (
              JSON_EXTRACT("r"."cawg", '$["entries"]') IS NULL
            )
          )
          AND COALESCE(
            (
              JSON_EXTRACT_SCALAR("r"."cawg", '$["cawg.ai_generative_training"]') IN ('notAllowed', 'constrained')
              OR JSON_EXTRACT_SCALAR("r"."cawg", '$["cawg.ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
              OR JSON_EXTRACT_SCALAR("r"."cawg", '$["c2pa.ai_generative_training"]') IN ('notAllowed', 'constrained')
              OR JSON_EXTRACT_SCALAR("r"."cawg", '$["c2pa.ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
              OR JSON_EXTRACT_SCALAR("r"."cawg", '$["ai_generative_training"]') IN ('notAllowed', 'constrained')
              OR JSON_EXTRACT_SCALAR("r"."cawg", '$["ai_generative_training"]["use"]') IN ('notAllowed', 'constrained')
            ),
            FALSE
          )
        )
      ),
      FALSE
    ) AS "signal_no_train",
    (
      NOT COALESCE("x"."broken", FALSE) AND COALESCE("x"."refused", FALSE)
    )
    OR (
      COALESCE((
        "r"."category" IN ('letter')
      ), FALSE)
      AND (
        "x"."id" IS NULL OR COALESCE("x"."broken", FALSE)
      )
    ) AS "other_subject",
    "p"."member" IS NULL
    OR COALESCE("r"."unreadable", TRUE)
    OR "r"."id" IS NULL
    OR COALESCE("x"."broken", FALSE) AS "state_missing"
  FROM "lake"."assent_train__rows" AS "r"
  LEFT JOIN "lake"."assent_train__moment" AS "t"
    ON TRUE
  LEFT JOIN "lake"."assent_train__people" AS "p"
    ON "r"."author" = "p"."member"
  LEFT JOIN (
    SELECT DISTINCT
      "e"."id"
    FROM "lake"."assent_excluded" AS "e"
  ) AS "e"
    ON "r"."id" = "e"."id"
  LEFT JOIN (
    SELECT DISTINCT
      "f"."id"
    FROM "lake"."assent_sensitive" AS "f"
    WHERE
      "f"."purpose" = 'train'
  ) AS "f"
    ON "r"."id" = "f"."id"
  LEFT JOIN "lake"."assent_train__others" AS "x"
    ON "r"."id" = "x"."id"
) AS "j";

CREATE OR REPLACE VIEW "lake"."assent_train__parents"
SECURITY DEFINER AS
SELECT
  "j"."id",
  MAX("j"."parent") AS "parent",
  COUNT(*) = 1 AND MIN(CASE WHEN "j"."alone" THEN 1 ELSE 0 END) = 1 AS "alone"
FROM "lake"."assent_train__judged" AS "j"
INNER JOIN (
  SELECT DISTINCT
    "r"."parent" AS "id"
  FROM "lake"."assent_train__rows" AS "r"
  WHERE
    NOT (
      "r"."parent" IS NULL
    )
) AS "w"
  ON "j"."id" = "w"."id"
GROUP BY
  "j"."id";

CREATE OR REPLACE VIEW "lake"."assent_train__good"
SECURITY DEFINER AS
SELECT
  "p1"."id"
FROM "lake"."assent_train__parents" AS "p1"
LEFT JOIN "lake"."assent_train__parents" AS "p2"
  ON "p1"."parent" = "p2"."id"
LEFT JOIN "lake"."assent_train__parents" AS "p3"
  ON "p2"."parent" = "p3"."id"
WHERE
  COALESCE(
    (
      "p1"."alone"
      AND (
        "p1"."parent" IS NULL
        OR COALESCE(
          (
            "p2"."alone"
            AND (
              "p2"."parent" IS NULL
              OR COALESCE((
                "p3"."alone" AND "p3"."parent" IS NULL
              ), FALSE)
            )
          ),
          FALSE
        )
      )
    ),
    FALSE
  );

CREATE OR REPLACE VIEW "lake"."assent_train__shown"
SECURITY DEFINER AS
SELECT
  "q"."id",
  "q"."original",
  CASE
    WHEN "q"."original" IS NULL
    THEN CAST(NULL AS VARCHAR)
    WHEN NOT COALESCE("q"."misfit", TRUE)
    THEN (
      COALESCE("q"."pieces", '') || SUBSTR(
        "q"."original",
        CAST((
          (
            CASE
              WHEN (
                "q"."tail"
              ) > LENGTH("q"."original")
              THEN LENGTH("q"."original")
              ELSE "q"."tail"
            END
          ) + 1
        ) AS INTEGER)
      )
    )
    ELSE (
      '[' || "q"."first" || ']'
    )
  END AS "text"
FROM (
  SELECT
    "r"."id",
    "r"."text" AS "original",
    ARRAY_JOIN(
      ARRAY_AGG(
        (
          SUBSTR(
            "r"."text",
            CAST((
              (
                CASE
                  WHEN (
                    "s"."reached"
                  ) > LENGTH("r"."text")
                  THEN LENGTH("r"."text")
                  ELSE "s"."reached"
                END
              ) + 1
            ) AS INTEGER),
            CAST((
              CASE
                WHEN (
                  CASE WHEN "s"."start" > "s"."reached" THEN "s"."start" - "s"."reached" ELSE 0 END
                ) > LENGTH("r"."text")
                THEN LENGTH("r"."text")
                ELSE CASE WHEN "s"."start" > "s"."reached" THEN "s"."start" - "s"."reached" ELSE 0 END
              END
            ) AS INTEGER)
          ) || '[' || "s"."role" || ']'
        ) ORDER BY "s"."start", "s"."end", "s"."role"
      ) FILTER(WHERE
        "s"."end" > "s"."reached" AND "s"."start" >= "s"."reached"),
      ''
    ) AS "pieces",
    MAX("s"."end") AS "tail",
    BOOL_OR("s"."start" < 0 OR "s"."end" < "s"."start" OR "s"."end" > LENGTH("r"."text")) AS "misfit",
    MAX(CASE WHEN "s"."turn" = 1 THEN "s"."role" ELSE NULL END) AS "first"
  FROM "lake"."assent_train__rows" AS "r"
  INNER JOIN (
    SELECT
      "s"."id",
      "s"."role",
      "s"."start",
      "s"."end",
      COALESCE(
        MAX("s"."end") OVER (
          PARTITION BY "s"."id"
          ORDER BY "s"."start", "s"."end", "s"."role"
          ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
      ) AS "reached",
      ROW_NUMBER() OVER (PARTITION BY "s"."id" ORDER BY "s"."start", "s"."end", "s"."role") AS "turn"
    FROM (
      SELECT
        "s"."id",
        "s"."role",
        (
          "s"."subject"
        )."start" AS "start",
        (
          "s"."subject"
        )."end" AS "end"
      FROM (
        SELECT
          "r"."id",
          "r"."role",
          ELEMENT_AT("r"."list", "e"."position") AS "subject",
          "e"."position"
        FROM (
          SELECT
            "n"."id",
            "n"."role",
            "n"."spans" AS "list"
          FROM "lake"."assent_train__named" AS "n"
          WHERE
            (
              "n"."gone" AND NOT "n"."broken"
            ) AND NOT (
              "n"."spans" IS NULL
            )
        ) AS "r"
        CROSS JOIN UNNEST(SEQUENCE(1, GREATEST(CARDINALITY("r"."list"), 1))) AS "e"("position")
        WHERE
          "e"."position" <= CARDINALITY("r"."list")
      ) AS "s"
    ) AS "s"
  ) AS "s"
    ON "r"."id" = "s"."id"
  GROUP BY
    "r"."id",
    "r"."text"
) AS "q";

CREATE OR REPLACE VIEW "lake"."assent_train_posts_decided"
SECURITY DEFINER AS
SELECT
  "j"."id",
  "j"."category",
  COALESCE(
    (
      "j"."alone" AND NOT (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
    ),
    FALSE
  ) AS "allowed",
  FILTER(
    ARRAY[CASE WHEN "j"."on_hold" THEN 'on_hold' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."category_never" THEN 'category_never' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."category_out_of_scope"
      THEN 'category_out_of_scope'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."region_unknown" THEN 'region_unknown' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."region_not_covered"
      THEN 'region_not_covered'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE
      WHEN "j"."not_yet_in_force"
      THEN 'not_yet_in_force'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."age_unknown" THEN 'age_unknown' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."under_age" THEN 'under_age' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."notice_not_delivered"
      THEN 'notice_not_delivered'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."waiting_period" THEN 'waiting_period' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."setting_off" THEN 'setting_off' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."objection_open" THEN 'objection_open' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."objection_upheld"
      THEN 'objection_upheld'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."account_closed" THEN 'account_closed' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."erased" THEN 'erased' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."not_visible_enough"
      THEN 'not_visible_enough'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."too_old" THEN 'too_old' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."item_excluded" THEN 'item_excluded' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."sensitive_context"
      THEN 'sensitive_context'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE
      WHEN "j"."signal_no_train"
      THEN 'signal_no_train'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."other_subject" THEN 'other_subject' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
      THEN 'derived_from_excluded'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."state_missing" THEN 'state_missing' ELSE CAST(NULL AS VARCHAR) END],
    "x" -> NOT (
      "x" IS NULL
    )
  ) AS "reasons",
  CASE
    WHEN COALESCE(
      (
        "j"."alone" AND NOT (
          NOT (
            "j"."parent" IS NULL
          ) AND "g"."id" IS NULL
        )
      ),
      FALSE
    )
    THEN "j"."masked"
    ELSE CAST(NULL AS ARRAY(VARCHAR))
  END AS "masked",
  "t"."at" AS "as_of",
  "t"."ledger_size"
FROM "lake"."assent_train__judged" AS "j"
LEFT JOIN "lake"."assent_train__good" AS "g"
  ON "j"."parent" = "g"."id"
LEFT JOIN "lake"."assent_train__moment" AS "t"
  ON TRUE
WHERE
  "j"."source" = 'posts';

CREATE OR REPLACE VIEW "lake"."assent_train_posts"
SECURITY DEFINER AS
SELECT
  "j"."id",
  "j"."category",
  "j"."author",
  "j"."subjects",
  "j"."created_at",
  "j"."parent",
  CASE WHEN "s"."id" IS NULL THEN "j"."text" ELSE "s"."text" END AS "text"
FROM "lake"."assent_train__judged" AS "j"
LEFT JOIN "lake"."assent_train__good" AS "g"
  ON "j"."parent" = "g"."id"
LEFT JOIN "lake"."assent_train__shown" AS "s"
  ON "j"."id" = "s"."id" AND "j"."text" = "s"."original"
WHERE
  "j"."source" = 'posts'
  AND COALESCE(
    (
      "j"."alone" AND NOT (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
    ),
    FALSE
  );

CREATE OR REPLACE VIEW "lake"."assent_train_notes_decided"
SECURITY DEFINER AS
SELECT
  "j"."id",
  "j"."category",
  COALESCE(
    (
      "j"."alone" AND NOT (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
    ),
    FALSE
  ) AS "allowed",
  FILTER(
    ARRAY[CASE WHEN "j"."on_hold" THEN 'on_hold' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."category_never" THEN 'category_never' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."category_out_of_scope"
      THEN 'category_out_of_scope'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."region_unknown" THEN 'region_unknown' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."region_not_covered"
      THEN 'region_not_covered'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE
      WHEN "j"."not_yet_in_force"
      THEN 'not_yet_in_force'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."age_unknown" THEN 'age_unknown' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."under_age" THEN 'under_age' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."notice_not_delivered"
      THEN 'notice_not_delivered'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."waiting_period" THEN 'waiting_period' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."setting_off" THEN 'setting_off' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."objection_open" THEN 'objection_open' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."objection_upheld"
      THEN 'objection_upheld'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."account_closed" THEN 'account_closed' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."erased" THEN 'erased' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."not_visible_enough"
      THEN 'not_visible_enough'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."too_old" THEN 'too_old' ELSE CAST(NULL AS VARCHAR) END, CASE WHEN "j"."item_excluded" THEN 'item_excluded' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN "j"."sensitive_context"
      THEN 'sensitive_context'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE
      WHEN "j"."signal_no_train"
      THEN 'signal_no_train'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."other_subject" THEN 'other_subject' ELSE CAST(NULL AS VARCHAR) END, CASE
      WHEN (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
      THEN 'derived_from_excluded'
      ELSE CAST(NULL AS VARCHAR)
    END, CASE WHEN "j"."state_missing" THEN 'state_missing' ELSE CAST(NULL AS VARCHAR) END],
    "x" -> NOT (
      "x" IS NULL
    )
  ) AS "reasons",
  CASE
    WHEN COALESCE(
      (
        "j"."alone" AND NOT (
          NOT (
            "j"."parent" IS NULL
          ) AND "g"."id" IS NULL
        )
      ),
      FALSE
    )
    THEN "j"."masked"
    ELSE CAST(NULL AS ARRAY(VARCHAR))
  END AS "masked",
  "t"."at" AS "as_of",
  "t"."ledger_size"
FROM "lake"."assent_train__judged" AS "j"
LEFT JOIN "lake"."assent_train__good" AS "g"
  ON "j"."parent" = "g"."id"
LEFT JOIN "lake"."assent_train__moment" AS "t"
  ON TRUE
WHERE
  "j"."source" = 'notes';

CREATE OR REPLACE VIEW "lake"."assent_train_notes"
SECURITY DEFINER AS
SELECT
  "j"."id",
  "j"."category",
  "j"."author",
  "j"."subjects",
  "j"."created_at",
  "j"."parent",
  CASE WHEN "s"."id" IS NULL THEN "j"."text" ELSE "s"."text" END AS "text"
FROM "lake"."assent_train__judged" AS "j"
LEFT JOIN "lake"."assent_train__good" AS "g"
  ON "j"."parent" = "g"."id"
LEFT JOIN "lake"."assent_train__shown" AS "s"
  ON "j"."id" = "s"."id" AND "j"."text" = "s"."original"
WHERE
  "j"."source" = 'notes'
  AND COALESCE(
    (
      "j"."alone" AND NOT (
        NOT (
          "j"."parent" IS NULL
        ) AND "g"."id" IS NULL
      )
    ),
    FALSE
  );
