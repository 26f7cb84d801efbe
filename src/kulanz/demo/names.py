"""The words the demo's people are made of. Common names, towns that exist; no one who exists is meant."""

_FIRST_NAMES = """
Aaron Adelheid Agnes Albert Alina Almut Alwin Amelie Andrea Andreas Anja Anke Annegret Anneliese Annika
Antje Anton Armin Arne Astrid August Barbara Bastian Beate Benedikt Benno Bernd Bernhard Bianca Birgit
Birte Brigitte Britta Burkhard Carina Carla Carsten Celina Christa Christian Christoph Cornelia Dagmar
Daniela Detlef Dieter Dominik Dorothea Eberhard Eckhard Edeltraud Elfriede Elias Elke Emil Emilia Erika
Erwin Esther Eva Fabian Felix Finja Florian Frauke Frederik Frieda Friederike Gabriele Gerda Gerhard
Gerlinde Gesa Gisela Gregor Gudrun Guido Gunnar Hannah Hannes Harald Hedwig Heike Heiner Helga Hendrik
Henning Henrike Herta Hilde Holger Ida Ilse Inga Ingeborg Ines Irene Iris Isabell Jakob Jana Jannik Jasmin
Jens Jette Joachim Johanna Jonas Jonathan Jörg Josefine Judith Jürgen Karin Karsten Katharina Kathrin
Kerstin Kilian Kirsten Konrad Konstantin Lara Lasse Laura Lea Lennard Leni Leonie Linus Lisbeth Lorenz
Lotte Ludger Luise Lukas Magdalena Maike Malte Manfred Manuela Mareike Margarete Marianne Marlene Marten
Martina Mathilda Matthias Maximilian Meike Melanie Merle Mia Michaela Mira Miriam Monika Moritz Nadine
Natalie Nele Niklas Nils Nina Nora Norbert Olaf Oskar Ottilie Pascal Patrick Paula Pauline Peter Philipp
Pia Rainer Ralf Ramona Rebekka Reinhard Renate Rieke Robin Roland Rosemarie Rüdiger Ruth Sabine Samuel
Sandra Sascha Sebastian Selma Sibylle Siegfried Silke Silvia Simone Sina Sofia Sönke Stefan Stefanie
Svenja Sybille Tabea Tamara Tanja Theresa Thorsten Tilman Tim Tina Tobias Torben Traudel Ulrich Ulrike
Ursula Uta Uwe Valentin Vanessa Vera Verena Veronika Viktoria Volker Waltraud Wiebke Wilfried Wilma
Wolfgang Yannick Yvonne
"""

_LAST_NAMES = """
Abel Achterberg Ackermann Adler Ahlers Albers Altmann Amann Arens Aschenbrenner Auer Bachmann Balzer
Bartels Baumann Behrendt Behrens Bender Berger Bergmann Beyer Bischoff Blume Böhm Bollmann Born Brandes
Brandl Braun Bremer Brinkmann Bruns Buchholz Büttner Burmeister Busch Carstens Christiansen Clasen Claußen
Cordes Dahlke Dahm Deppe Diekmann Dietrich Dittmann Döring Dorn Drescher Dreyer Ebeling Eckert Eggers
Ehlers Ehrhardt Engelhardt Erdmann Ernst Esser Evers Falk Feldmann Fiedler Franke Freitag Freund Frey
Friese Fröhlich Fuhrmann Funk Gebauer Gebhardt Geiger Gerlach Giese Gläser Göbel Götze Graf Greve Gruber
Günther Haas Hafner Hagemann Hahn Hamann Harms Hartmann Hartwig Haupt Heine Heinemann Heinrich Heller
Hellwig Henke Hennig Herbst Hermann Herzog Heuer Hildebrandt Hinrichs Hinz Höfer Hohmann Holz Horn Hübner
Huber Jacobs Jahnke Jansen Janßen Jordan Jost Jung Kaiser Karsten Kästner Kaufmann Keller Kempf Kern
Kessler Kirchner Kirsch Klemm Klose Knoll Köhler Kolb König Konrad Köster Kraft Krämer Kraus Krebs Krüger
Kruse Kuhn Kunz Kurz Lamprecht Langer Lehmann Lemke Lindner Linke Löffler Lohmann Lorenzen Lück Lüders
Ludewig Maurer Meinert Meißner Menzel Mertens Metzger Michels Moll Möller Mohr Moser Nagel Naumann
Neubauer Neumann Nickel Niemann Nolte Oberländer Oesterle Ohm Opitz Ostermann Ott Otte Paulsen Peters
Petersen Pfeffer Pfeiffer Pieper Pohl Probst Raabe Rademacher Rapp Rausch Reimann Reimers Reinhardt Renner
Reuter Riedel Ritter Rohde Röder Rosenthal Rudolph Rupp Sander Sauer Schade Schäfer Schaller Scherer
Schilling Schlüter Schnell Schramm Schreiber Schröter Schubert Schuster Schütte Seidel Seifert Siebert
Siemers Simon Sommer Specht Stahl Stark Steffens Stein Steinbach Stoll Strauß Struck Stumpf Tecklenburg
Thiele Thielen Timm Toepfer Ulmer Unger Urban Voigt Vollmer Voss Wagenknecht Walther Weigel Weiß Wendt
Wenzel Werner Westphal Wiegand Wieland Wiese Wilke Winkler Winter Witte Wittmann Wolter Wulf Zander Zeller
Ziegler Zimmer Zöller
"""

_ENGLISH_FIRST_NAMES = """
Abigail Alison Amber Andrew Anthony Ashley Bethany Brian Caroline Charlotte Chloe Claire Connor Daisy Dawn
Declan Deborah Derek Donna Dylan Edward Eleanor Fiona Gareth Gemma Geoffrey Gillian Grace Graham Hazel
Heather Holly Hugh Imogen Ian Jacqueline Janet Jenny Joanne Joseph Keith Kenneth Kimberley Leanne Lewis
Lorraine Lucy Marcus Maureen Megan Molly Nathan Neil Nigel Olivia Oliver Owen Pamela Patricia Philippa
Rachel Rhys Roger Rosie Ryan Shannon Sharon Sheila Simon Stephanie Stuart Theresa Tracey Trevor Victoria
Wendy Zoe
"""

_ENGLISH_LAST_NAMES = """
Abbott Appleby Ashworth Atkins Barlow Bates Baxter Bentley Birch Blackwood Booth Bradshaw Briggs Burgess
Byrne Carmichael Chadwick Chapman Clayton Coates Connolly Cooke Crossley Dalton Davenport Dawson Dixon
Doyle Ellison Farrell Faulkner Finch Fletcher Garner Gibbons Goodwin Greenwood Hadley Halliday Hargreaves
Hartley Haworth Hewitt Higgins Holloway Horton Hurst Ingram Kendall Kershaw Lambert Langley Lockwood
Maddox Marsden Massey Mercer Middleton Naylor Newbury Norris Oakley Ogden Osborne Parsons Pemberton
Perkins Pickering Pritchard Radcliffe Ramsey Rawlings Riley Rowley Saunders Shelton Slater Stanton
Sutcliffe Talbot Tattersall Thornton Underhill Vickers Wainwright Walton Whitaker Wilcox Winslow Woodward
Wyatt Yardley
"""

_STREETS = """
Ahornweg, Akazienweg, Alte Dorfstraße, Alter Postweg, Am Alten Bahnhof, Am Anger, Am Bach, Am Brunnen
Am Feldrain, Am Hang, Am Kirchberg, Am Mühlbach, Am Sportplatz, Am Stadtpark, Am Steinbruch, Am Waldrand
Am Weiher, Amselweg, An der Bleiche, An der Mühle, An der Ziegelei, Apfelallee, Asternweg, Auf der Höhe
Bachstraße, Bahnhofstraße, Bergstraße, Birkenallee, Birkenweg, Blumenstraße, Brückenstraße, Brunnengasse
Buchenweg, Burgstraße, Dahlienweg, Dorfstraße, Drosselweg, Eibenweg, Eichenallee, Erlenweg, Eschenweg
Falkenweg, Färbergasse, Feldstraße, Fichtenweg, Finkenweg, Fliederweg, Forststraße, Friedhofstraße
Gartenstraße, Gerberstraße, Ginsterweg, Grabenstraße, Grüner Weg, Hafenstraße, Haselweg, Hauptstraße
Heckenweg, Heideweg, Hinter der Kirche, Hochstraße, Holunderweg, Im Winkel, Im Wiesengrund, In der Aue
Industriestraße, Kapellenweg, Kastanienallee, Kiefernweg, Kirchgasse, Kirchstraße, Kirschenweg
Kleine Gasse, Kornblumenweg, Krokusweg, Lärchenweg, Lerchenweg, Lindenallee, Lindenstraße, Lilienweg
Marktstraße, Meisenweg, Mittelstraße, Mühlenweg, Neue Straße, Nelkenweg, Nordstraße, Nussbaumweg
Obere Straße, Ostring, Pappelallee, Parkstraße, Poststraße, Primelweg, Quellenweg, Querstraße, Ringstraße
Rosenweg, Sandweg, Schillerweg, Schlehenweg, Schlossstraße, Schulstraße, Schützenstraße, Schwalbenweg
Seestraße, Sonnenhang, Steinweg, Südring, Talstraße, Tannenweg, Teichstraße, Tulpenweg, Turmstraße
Uferweg, Ulmenweg, Untere Straße, Veilchenweg, Waldstraße, Wallstraße, Wassergasse, Weidenweg
Weinbergstraße, Weststraße, Wiesenstraße, Zeisigweg, Ziegeleiweg, Zum Sonnenberg, Zur Alten Schmiede
"""

FIRST_NAMES = tuple(_FIRST_NAMES.split())
LAST_NAMES = tuple(_LAST_NAMES.split())
ENGLISH_FIRST_NAMES = tuple(_ENGLISH_FIRST_NAMES.split())
ENGLISH_LAST_NAMES = tuple(_ENGLISH_LAST_NAMES.split())
STREETS = tuple(street.strip() for street in _STREETS.replace("\n", ", ").split(",") if street.strip())

# Pairs that chance could make of the lists and that readers would take for somebody they have heard of.
TOO_WELL_KNOWN = frozenset(
    {
        ("Albert", "Steffens"),
        ("Alina", "Voss"),
        ("Alison", "Hargreaves"),
        ("Alison", "Thornton"),
        ("Alwin", "Voss"),
        ("Andrea", "Berger"),
        ("Andreas", "Franke"),
        ("Andreas", "Köster"),
        ("Andreas", "Möller"),
        ("Anthony", "Perkins"),
        ("Barbara", "Frey"),
        ("Bernd", "Schuster"),
        ("Bernhard", "Langer"),
        ("Brian", "Talbot"),
        ("Caroline", "Middleton"),
        ("Christian", "Lindner"),
        ("Christian", "Thielen"),
        ("Connor", "Maddox"),
        ("Dominik", "Böhm"),
        ("Dominik", "Graf"),
        ("Elke", "Sommer"),
        ("Emil", "Kästner"),
        ("Felix", "Klemm"),
        ("Florian", "König"),
        ("Graham", "Chapman"),
        ("Helga", "Hahn"),
        ("Hugh", "Dalton"),
        ("Ian", "Holloway"),
        ("Ian", "Ogden"),
        ("Jakob", "Lorenzen"),
        ("Jens", "Lehmann"),
        ("Jens", "Voigt"),
        ("Jonas", "Kaufmann"),
        ("Jürgen", "Fuhrmann"),
        ("Jürgen", "Hahn"),
        ("Jürgen", "Köhler"),
        ("Karin", "Struck"),
        ("Katharina", "Wagenknecht"),
        ("Keith", "Chapman"),
        ("Lucy", "Lockwood"),
        ("Manuela", "Braun"),
        ("Marcus", "Wainwright"),
        ("Matthias", "Opitz"),
        ("Maximilian", "Günther"),
        ("Maximilian", "Reinhardt"),
        ("Michaela", "Schäfer"),
        ("Molly", "Parsons"),
        ("Monika", "Gruber"),
        ("Moritz", "Böhm"),
        ("Norbert", "Haas"),
        ("Oliver", "Finch"),
        ("Olivia", "Cooke"),
        ("Owen", "Farrell"),
        ("Owen", "Hargreaves"),
        ("Patricia", "Wyatt"),
        ("Patrick", "Döring"),
        ("Patrick", "Lindner"),
        ("Peter", "Adler"),
        ("Peter", "Altmann"),
        ("Peter", "Behrens"),
        ("Peter", "Kaiser"),
        ("Peter", "Kraus"),
        ("Peter", "Maurer"),
        ("Peter", "Simon"),
        ("Peter", "Stein"),
        ("Peter", "Struck"),
        ("Peter", "Voss"),
        ("Philippa", "Middleton"),
        ("Rachel", "Atkins"),
        ("Rachel", "Riley"),
        ("Roger", "Hargreaves"),
        ("Roger", "Norris"),
        ("Roland", "Kaiser"),
        ("Ruth", "Herzog"),
        ("Sabine", "Braun"),
        ("Sebastian", "Kurz"),
        ("Sebastian", "Rudolph"),
        ("Sharon", "Osborne"),
        ("Stefan", "Reuter"),
        ("Stefanie", "Graf"),
        ("Stephanie", "Booth"),
        ("Thorsten", "Voss"),
        ("Tim", "Kruse"),
        ("Tobias", "Werner"),
        ("Trevor", "Osborne"),
        ("Ulrich", "Stein"),
        ("Uwe", "Timm"),
        ("Wolfgang", "Kraus"),
        ("Wolfgang", "Metzger"),
        ("Wolfgang", "Petersen"),
    }
)

# Each postal code lies in its town.
TOWNS = (
    ("01067", "Dresden"),
    ("01587", "Riesa"),
    ("02625", "Bautzen"),
    ("02826", "Görlitz"),
    ("03046", "Cottbus"),
    ("04109", "Leipzig"),
    ("06108", "Halle (Saale)"),
    ("07545", "Gera"),
    ("07743", "Jena"),
    ("08056", "Zwickau"),
    ("09111", "Chemnitz"),
    ("10115", "Berlin"),
    ("12043", "Berlin"),
    ("13353", "Berlin"),
    ("14467", "Potsdam"),
    ("15230", "Frankfurt (Oder)"),
    ("16225", "Eberswalde"),
    ("17033", "Neubrandenburg"),
    ("17489", "Greifswald"),
    ("18055", "Rostock"),
    ("18439", "Stralsund"),
    ("19053", "Schwerin"),
    ("20095", "Hamburg"),
    ("21335", "Lüneburg"),
    ("22765", "Hamburg"),
    ("23552", "Lübeck"),
    ("24103", "Kiel"),
    ("24937", "Flensburg"),
    ("25813", "Husum"),
    ("26122", "Oldenburg"),
    ("26721", "Emden"),
    ("27472", "Cuxhaven"),
    ("28195", "Bremen"),
    ("29221", "Celle"),
    ("30159", "Hannover"),
    ("31134", "Hildesheim"),
    ("32756", "Detmold"),
    ("33098", "Paderborn"),
    ("33602", "Bielefeld"),
    ("34117", "Kassel"),
    ("35037", "Marburg"),
    ("35390", "Gießen"),
    ("36037", "Fulda"),
    ("37073", "Göttingen"),
    ("38100", "Braunschweig"),
    ("38640", "Goslar"),
    ("39104", "Magdeburg"),
    ("40213", "Düsseldorf"),
    ("42103", "Wuppertal"),
    ("44135", "Dortmund"),
    ("45127", "Essen"),
    ("47051", "Duisburg"),
    ("48143", "Münster"),
    ("49074", "Osnabrück"),
    ("50667", "Köln"),
    ("52062", "Aachen"),
    ("53111", "Bonn"),
    ("54290", "Trier"),
    ("55116", "Mainz"),
    ("56068", "Koblenz"),
    ("57072", "Siegen"),
    ("58095", "Hagen"),
    ("59065", "Hamm"),
    ("60311", "Frankfurt am Main"),
    ("63739", "Aschaffenburg"),
    ("64283", "Darmstadt"),
    ("65183", "Wiesbaden"),
    ("66111", "Saarbrücken"),
    ("67059", "Ludwigshafen am Rhein"),
    ("67655", "Kaiserslautern"),
    ("68159", "Mannheim"),
    ("69117", "Heidelberg"),
    ("70173", "Stuttgart"),
    ("72070", "Tübingen"),
    ("72764", "Reutlingen"),
    ("74072", "Heilbronn"),
    ("75172", "Pforzheim"),
    ("76133", "Karlsruhe"),
    ("77652", "Offenburg"),
    ("78462", "Konstanz"),
    ("79098", "Freiburg im Breisgau"),
    ("80331", "München"),
    ("83022", "Rosenheim"),
    ("84028", "Landshut"),
    ("85049", "Ingolstadt"),
    ("86150", "Augsburg"),
    ("87435", "Kempten (Allgäu)"),
    ("88045", "Friedrichshafen"),
    ("89073", "Ulm"),
    ("90402", "Nürnberg"),
    ("91054", "Erlangen"),
    ("93047", "Regensburg"),
    ("94032", "Passau"),
    ("95444", "Bayreuth"),
    ("96047", "Bamberg"),
    ("97070", "Würzburg"),
    ("98527", "Suhl"),
    ("99084", "Erfurt"),
    ("99423", "Weimar"),
)
