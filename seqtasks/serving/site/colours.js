// A hue for each label: far apart for neighbours, the same every time.

export function hues(labels) {
  const places = new Map(labels.map((label, place) => [label, place]));
  return (label) => {
    const place = places.get(label) ?? [...label].reduce((sum, c) => sum + c.codePointAt(0), 0);
    return Math.round((225 + place * 137.508) % 360);
  };
}

// The type of a label of spans: B-PER → PER.
export function typed(label) {
  return label.length > 2 && label[1] === "-" ? label.slice(2) : label;
}
