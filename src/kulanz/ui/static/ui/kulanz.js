/* Small comforts on top of pages that work without them. No inline handlers, no eval: the content security policy
   of the house forbids both. Each function looks for its own attribute and does nothing where it is missing. */
(function () {
  "use strict";

  function announce(text) {
    var region = document.getElementById("spoken");
    if (region) {
      region.textContent = text;
    }
  }

  /* A control that only works with a script is hidden in the page and shown here. */
  function reveal(root) {
    root.querySelectorAll("[data-print][hidden], [data-copy][hidden]").forEach(function (button) {
      button.hidden = false;
    });
  }

  function copyFrom(button) {
    var source = document.querySelector(button.dataset.copy);
    var text = source ? source.dataset.copyText || source.textContent.trim() : "";
    if (!navigator.clipboard || !text) {
      return;
    }
    navigator.clipboard.writeText(text).then(function () {
      announce(button.dataset.copied || "");
      var label = button.querySelector("[data-copy-label]");
      if (label && button.dataset.copied) {
        label.textContent = button.dataset.copied;
      }
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-print], [data-copy]");
    if (!button) {
      return;
    }
    if (button.hasAttribute("data-print")) {
      window.print();
    } else {
      copyFrom(button);
    }
  });

  /* Pressed twice, sent once. The button is not disabled: its name and value must travel with the form. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-submit-once")) {
      return;
    }
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("button:not([type=button])").forEach(function (button) {
      button.setAttribute("aria-disabled", "true");
    });
  });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button[aria-disabled]").forEach(function (button) {
        button.removeAttribute("aria-disabled");
      });
    });
  });

  /* The drop zone is a file input with a frame; dropping fills that same input. */
  function zoneOf(event) {
    return event.target instanceof Element ? event.target.closest("[data-dropzone]") : null;
  }

  function listFiles(zone) {
    var input = zone.querySelector("input[type=file]");
    var list = zone.querySelector("[data-dropzone-files]");
    if (!input || !list) {
      return;
    }
    list.replaceChildren();
    Array.prototype.forEach.call(input.files, function (file) {
      var item = document.createElement("li");
      item.textContent = file.name;
      list.appendChild(item);
    });
  }

  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var zone = zoneOf(event);
      if (zone) {
        event.preventDefault();
        zone.classList.add("dropzone--over");
      }
    });
  });

  document.addEventListener("dragleave", function (event) {
    var zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) {
      zone.classList.remove("dropzone--over");
    }
  });

  document.addEventListener("drop", function (event) {
    var zone = zoneOf(event);
    var input = zone && zone.querySelector("input[type=file]");
    if (!input || !event.dataTransfer.files.length) {
      return;
    }
    event.preventDefault();
    zone.classList.remove("dropzone--over");
    if (!input.multiple && event.dataTransfer.files.length > 1) {
      var one = new DataTransfer();
      one.items.add(event.dataTransfer.files[0]);
      input.files = one.files;
    } else {
      input.files = event.dataTransfer.files;
    }
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  document.addEventListener("change", function (event) {
    var zone = zoneOf(event);
    if (zone && event.target.type === "file") {
      listFiles(zone);
    }
  });

  /* Keys for people who work all day. Letters act only while the list itself has the focus, everything else needs
     a modifier: nobody who dictates or types triggers them by accident. */
  function stepInList(list, step) {
    var links = Array.prototype.slice.call(list.querySelectorAll("a.list__link"));
    var here = links.indexOf(document.activeElement);
    var there = links[Math.max(0, Math.min(links.length - 1, here + step))];
    if (there) {
      there.focus();
    }
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    var modified = event.ctrlKey || event.metaKey;
    var list = target.closest("[data-list-keys]");
    if (modified && event.key.toLowerCase() === "k") {
      var search = document.querySelector("[data-search]");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (modified && event.key === "Enter" && target.matches("textarea[data-submit-keys]")) {
      event.preventDefault();
      target.form.requestSubmit();
    } else if (list && !modified && !event.altKey && !target.matches("input, textarea, select")) {
      if (event.key === "j" || event.key === "ArrowDown") {
        event.preventDefault();
        stepInList(list, 1);
      } else if (event.key === "k" || event.key === "ArrowUp") {
        event.preventDefault();
        stepInList(list, -1);
      }
    }
  });

  /* A list of things to decide: j and k go from row to row, any other key presses what carries it in the row that has
     the focus. Single letters act only while the focus is inside the list (WCAG 2.1.4): who dictates, or leans on the
     keyboard anywhere else, decides nothing. The page has a link that puts the focus on the first row. */
  function stepInRows(list, step) {
    var rows = Array.prototype.slice.call(list.querySelectorAll("[data-row]"));
    var here = rows.indexOf(document.activeElement && document.activeElement.closest("[data-row]"));
    var there = rows[here < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, here + step))];
    if (there) {
      there.focus();
      there.scrollIntoView({ block: "nearest" });
    }
  }

  /* Right after a decision the next row has the focus, and nobody has seen it yet. A key that is still held, or pressed
     a second time by mistake, must not book it: digits wait for a released key, a step, a click, or a moment of quiet.
     A held key repeats faster than that. */
  var QUIET_MILLISECONDS = 500;
  var rowsSeen = true;
  var quiet = null;

  function awaitEyes() {
    rowsSeen = false;
    window.clearTimeout(quiet);
    quiet = window.setTimeout(rowsAreSeen, QUIET_MILLISECONDS);
  }

  function rowsAreSeen() {
    rowsSeen = true;
    window.clearTimeout(quiet);
  }

  document.addEventListener("keyup", rowsAreSeen);
  document.addEventListener("click", rowsAreSeen);

  document.addEventListener("keydown", function (event) {
    var target = event.target instanceof Element ? event.target : document.body;
    var list = target.closest("[data-row-keys]");
    if (event.repeat) {
      if (!rowsSeen) {
        awaitEyes();
      }
      return;
    }
    if (!list || event.ctrlKey || event.metaKey || event.altKey || target.matches("input, textarea, select")) {
      return;
    }
    var row = target.closest("[data-row]");
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      rowsAreSeen();
      stepInRows(list, event.key === "j" ? 1 : -1);
    } else if (row && /^[a-z1-9]$/.test(event.key)) {
      var control = row.querySelector('[data-key="' + event.key + '"]');
      if (control && /[1-9]/.test(event.key) && !rowsSeen) {
        event.preventDefault();
      } else if (control) {
        event.preventDefault();
        control.click();
      }
    }
  });

  /* Back in the list after a decision: the next row has the focus at once. */
  var asked = location.hash && document.getElementById(location.hash.slice(1));
  if (asked && asked.hasAttribute("data-row")) {
    asked.focus();
    awaitEyes();
  }

  /* An open menu closes with Escape, by a click beside it, and when the focus leaves it. */
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!except || !menu.contains(except)) {
        menu.open = false;
      }
    });
  }

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") {
      return;
    }
    var menu = document.activeElement && document.activeElement.closest("details.menu[open]");
    closeMenus(null);
    if (menu) {
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", function (event) {
    closeMenus(event.target);
  });
  document.addEventListener("focusin", function (event) {
    closeMenus(event.target);
  });

  /* The passkey scripts of the login tell of a failure by this event; without us nobody would see it. */
  document.addEventListener("allauth.error", function () {
    var box = document.querySelector("[data-passkey-trouble]");
    if (box) {
      box.hidden = false;
      box.focus();
    }
  });

  document.addEventListener("htmx:load", function (event) {
    reveal(event.detail.elt);
  });
  reveal(document);
  document.querySelectorAll("[data-dropzone]").forEach(listFiles);
})();
