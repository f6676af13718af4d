/**
 * Dates as parameters. Source of the behaviour: gem5 `python/m5/params.py` (`Time`), C's `struct
 * tm` and `asctime`.
 */
import { describeValue, fatal } from '../base/index';
import type { ParamType } from './paramTypes';

/** A date and time of day in UTC. */
export interface CalendarTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
  /** 0 to 59. */
  readonly second: number;
}

const Months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const Weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const SecondsPerDay = 86400;

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1 January 1970 to 1 January of `year`. */
function daysBeforeYear(year: number): number {
  const leapDays = (y: number): number =>
    Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return (year - 1970) * 365 + leapDays(year - 1) - leapDays(1969);
}

function daysSince1970({ year, month, day }: CalendarTime): number {
  let days = daysBeforeYear(year) + day - 1;
  for (let m = 1; m < month; m++) days += daysInMonth(year, m);
  return days;
}

function fromSeconds(seconds: number): CalendarTime {
  let days = Math.floor(seconds / SecondsPerDay);
  const rest = seconds - days * SecondsPerDay;
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBeforeYear(year) > days) year--;
  while (daysBeforeYear(year + 1) <= days) year++;
  days -= daysBeforeYear(year);
  let month = 1;
  while (days >= daysInMonth(year, month)) days -= daysInMonth(year, month++);
  return {
    year,
    month,
    day: days + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor(rest / 60) % 60,
    second: rest % 60,
  };
}

const YearFirst = /^(?<year>\d{4})\/(?<month>\d\d?)\/(?<day>\d\d?)/;
const MonthFirst = /^(?<month>\d\d?)\/(?<day>\d\d?)\/(?<year>\d{4}|\d\d)/;
const TimeOfDay = /(?: (?<hour>\d\d?):(?<minute>\d\d?)(?::(?<second>\d\d?))?)?$/;
const Asctime =
  /^[A-Z][a-z]{2} (?<name>[A-Z][a-z]{2}) +(?<day>\d\d?) (?<hour>\d\d?):(?<minute>\d\d?):(?<second>\d\d?)(?: (?:UTC|GMT))? (?<year>\d{4})$/;
const Forms = [
  new RegExp(YearFirst.source + TimeOfDay.source),
  new RegExp(MonthFirst.source + TimeOfDay.source),
  Asctime,
];

/** Two digits as C's `strptime` reads them: 69 to 99 are of the last century. */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year < 69 ? 2000 + year : 1900 + year;
}

function parse(text: string): CalendarTime | undefined {
  const groups = Forms.map(form => form.exec(text)).find(match => match !== null)?.groups;
  if (groups === undefined) return undefined;
  const field = (name: string): number => Number(groups[name] ?? 0);
  const { name } = groups;
  const time: CalendarTime = {
    year: fullYear(groups['year'] ?? ''),
    month: name === undefined ? field('month') : Months.indexOf(name) + 1,
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
  };
  const isDate = time.month >= 1 && time.month <= 12 && time.day >= 1;
  if (!isDate || time.day > daysInMonth(time.year, time.month)) return undefined;
  return time.hour < 24 && time.minute < 60 && time.second < 60 ? time : undefined;
}

function toCalendarTime(value: unknown): CalendarTime {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return fromSeconds(value);
  if (typeof value === 'object' && value !== null && 'year' in value) return value as CalendarTime;
  const time = typeof value === 'string' ? parse(value.trim()) : undefined;
  return (
    time ??
    fatal(
      `${describeValue(value)} is not a time; accepted: a date such as '2009/01/01 12:30:00' or ` +
        "'01/01/2009', or seconds since 1970 (UTC; 'Now' is not, since a run must replay exactly)",
    )
  );
}

/** As C's `asctime` prints it: `Thu Jan  1 00:00:00 2009`. */
function asctime(time: CalendarTime): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const weekday = Weekdays[(((daysSince1970(time) + 4) % 7) + 7) % 7] ?? '';
  const clock = [time.hour, time.minute, time.second].map(two).join(':');
  const day = String(time.day).padStart(2);
  return `${weekday} ${Months[time.month - 1] ?? ''} ${day} ${clock} ${String(time.year)}`;
}

/** A date and time of day in UTC, by text or in seconds since 1970. */
export const timeType: ParamType<string | number, CalendarTime> = {
  kind: 'Time',
  convert: toCalendarTime,
  resolve: value => value as CalendarTime,
  toIni: asctime,
  toJson: asctime,
};
