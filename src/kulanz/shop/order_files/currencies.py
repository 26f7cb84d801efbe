"""The currencies an order file may use: those in use today (ISO 4217) whose minor unit the kernel knows.

Left out on purpose: funds, metals and test codes, and currencies without hundredths that `kernel.money` does
not list; an amount in them would be off by a factor. Such a currency enters once its exponent stands there.
"""

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BHD BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
    GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ISK JMD JOD JPY KES KGS KHR KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    OMR PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
    SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH USD UYU UZS VES VND WST XCD YER ZAR ZMW
"""
CURRENCIES = frozenset(_CODES.split())
