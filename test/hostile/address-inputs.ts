// Addresses that strangers write to make a reader slow, of any size.

import { many, type Table } from './inputs.ts';

export const ADDRESSES: Table = {
  folders: many('a/', 'http://h.example/'),
  slashes: many('/', 'http://h.example'),
  'an ending that is none': many('a', 'http://h.example/x.', '-'),
  'folders up': many('a/../', 'http://h.example/'),
  'up and up': many('../', 'http://h.example/'),
  escapes: many('%41%c3', 'http://h.example/'),
  'percent signs': many('%', 'http://h.example/'),
  'escapes of escapes': many('25', 'http://h.example/?q=%'),
  fields: many('a&', 'http://h.example/?'),
  sessions: many('sid=1&', 'http://h.example/?'),
  'sessions of ColdFusion': many('cfid=1&', 'http://h.example/?'),
  'sessions in the path': many(';jsessionid=', 'http://h.example/x'),
  'marks of advertisers': many('utm_a=b&', 'http://h.example/?'),
  semicolons: many(';', 'http://h.example/'),
  labels: many('a.', 'http://', 'com/'),
  'labels of other scripts': many('ü.', 'http://', 'com/'),
  'a label of another script': many('ü', 'http://', '.com/'),
  punycode: many('a-', 'http://xn--', '.com/'),
  users: many('a@', 'http://', 'h/'),
  'digits of a port': many('0', 'http://h:', '80/'),
  'digits of an address': many('0', 'http://', '1/'),
  'groups of an address': many('0:', 'http://[', ']/'),
  'line ends': many('\n', 'j', 'avascript:x'),
  'words of leaving': many('log-', 'http://h.example/', 'out'),
  'slashes and an escape': many('/', 'http://h.example', '%20'),
  'folders and an escape': many('a/', 'http://h.example/', '%e6'),
  'folders that are no UTF-8': many('/%e6', 'http://h.example'),
  'single logouts': many('slo/', 'http://h.example/'),
  'fields of a page about it': many('p=logout&', 'http://h.example/wiki/%20?'),
  routes: many('q=a/', 'http://h.example/?'),
};

export const TRAP_ADDRESSES: Table = {
  ...ADDRESSES,
  tokens: many('/5f2a9c1e0b3d', 'http://h.example'),
  'parameters of segments': many('/a;b', 'http://h.example'),
  'parameters of one segment': many(';A', 'http://h.example/a'),
  'a piece again and again': many('-aB', 'http://h.example/'),
  'separators without pieces': many('-', 'http://h.example/'),
  dates: many('/2026-11', 'http://h.example'),
  'fields of dates': many('&t=1790000000', 'http://h.example/?'),
};
